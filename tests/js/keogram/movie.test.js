/* The order of a movie, and what becomes of it. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Movie } from "../../../assets/modules/keogram/movie.js";
import { fake, fakePage, settled } from "../fake_page.js";
/** @import {Job} from "../../../assets/modules/types/keogram.js" */

fakePage();

/** @type {{method: string, url: string, body: Record<string, unknown> | null}[]} */
let asked = [];
/** @type {(url: string, method: string) => Promise<Response>} */
let server = async () => Response.json({});

beforeEach(() => {
  asked = [];
  mock.method(globalThis, "fetch", (/** @type {string} */ url, /** @type {RequestInit} */ { method = "GET", body } = {}) => {
    asked.push({ method, url, body: typeof body === "string" ? JSON.parse(body) : null });
    return server(url, method);
  });
  // Pauses between questions take no time.
  mock.method(globalThis, "setTimeout", (/** @type {() => void} */ act) => setImmediate(act));
});

function movie() {
  return new Movie("/movies", {
    order: () => ({
      source: 46, start: 0, end: 3_600_000, cadence: 3000, accept_skymap: false,
      style: { cmap: "viridis", vmin: 1, vmax: 2, log: false, gamma: 1 },
    }),
    view: () => "map",
    name: () => "THEMIS-ASI GILL 2019-01-02",
  });
}

/** Answers questions about the job one after the other. @param {Job[]} states */
function jobs(states) {
  server = async (_url, method) => {
    if (method === "POST") return Response.json({ url: "/movies/7" }, { status: 202 });
    const state = states.length > 1 ? states.shift() : states[0];
    if (state && state.silent) throw new TypeError("network");
    return Response.json(state || {});
  };
}

test("an order says what is on the screen, and its movie is there to be played", async () => {
  jobs([{ state: "queued" }, { silent: true }, { state: "running", progress: 0.5 }, { state: "done", frames: 600, movie: "/movies/7.mp4" }]);
  const made = movie();
  fake(made.what).value = "frames";
  fake(made.fps).value = "20";
  await made.start();
  assert.deepEqual(asked[0], {
    method: "POST",
    url: "/movies",
    body: {
      source: 46, start: "1970-01-01T00:00:00", end: "1970-01-01T01:00:00", step_s: 6, fps: 20, what: "frames",
      view: "map", accept_skymap: false, style: { cmap: "viridis", vmin: 1, vmax: 2, log: false, gamma: 1 },
    },
  });
  assert.equal(made.words.textContent, "600 frames");
  const [video, link] = fake(made.place).all();
  assert.equal(video.getAttribute("src"), "/movies/7.mp4");
  assert.equal(link.getAttribute("download"), "THEMIS-ASI_GILL_2019-01-02_frames.mp4");
  assert.equal(made.button.disabled, false);
});

test("why there is no movie is told", async () => {
  const made = movie();
  jobs([{ state: "failed", error: "No frames in this time." }]);
  await made.start();
  assert.equal(made.words.textContent, "No frames in this time.");
  server = async () => Response.json({ error_message: "Too long.", hint: "Take less." }, { status: 422 });
  await made.start();
  assert.equal(made.words.textContent, "Too long. Take less.");
  server = async () => {
    throw new TypeError("network");
  };
  await made.start();
  assert.equal(made.words.textContent, "The server did not answer.");
});

test("a job that is cancelled is deleted, also when its order has no answer yet", async () => {
  const made = movie();
  /** @type {((response: Response) => void)[]} */
  const answers = [];
  server = (_url, method) => new Promise((answer) => {
    if (method === "POST") answers.push(answer);
    else answer(Response.json({}));
  });
  const order = made.start();
  await made.abort();
  answers[0](Response.json({ url: "/movies/8" }, { status: 202 }));
  await order;
  assert.deepEqual(asked.map(({ method, url }) => `${method} ${url}`), ["POST /movies", "DELETE /movies/8"]);
  assert.equal(made.words.textContent, "Cancelled.");
});

test("another night deletes what runs for this one", async () => {
  jobs([{ state: "running", progress: 0.1 }]);
  const made = movie();
  const order = made.start();
  await settled();
  made.dispose();
  await order;
  const { method, url } = asked[asked.length - 1];
  assert.ok(asked.some((each) => each.method === "DELETE" && each.url === "/movies/7"), `${method} ${url}`);
});
