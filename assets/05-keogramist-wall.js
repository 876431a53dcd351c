/* The wall of keograms: pictures when their row comes near, and the time under the pointer. */
(function () {
  "use strict";
  const PATH = "/keogramist";
  const ROOM = "600px 0px"; // a page may have hundreds of rows

  /* A few at a time, from the top: of many that are drawn at once, none comes early. */
  const AT_ONCE = 3;
  const waiting = new Set();
  let loading = 0;

  function loadNext() {
    while (loading < AT_ONCE && waiting.size) {
      const image = waiting.values().next().value;
      waiting.delete(image);
      if (image.isConnected) load(image);
    }
  }

  function load(image) {
    const done = (name) => () => {
      loading -= 1;
      (name === "kg-failed" ? image.closest(".kg-strip") || image : image).classList.add(name);
      loadNext();
    };
    loading += 1;
    image.addEventListener("load", done("kg-there"), { once: true });
    image.addEventListener("error", done("kg-failed"), { once: true });
    image.src = image.dataset.src;
  }

  const nearing = new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => {
      if (!isIntersecting) {
        waiting.delete(target);
        return;
      }
      if (target.hasAttribute("src")) nearing.unobserve(target);
      else waiting.add(target);
    });
    loadNext();
  }, { rootMargin: ROOM });
  new MutationObserver((records) => {
    if (!records.some((record) => record.addedNodes.length)) return;
    document.querySelectorAll("img.kg-image[data-src]:not([src])").forEach((image) => {
      nearing.observe(image);
    });
  }).observe(document.documentElement, { childList: true, subtree: true });

  /* The rows' minutes count from 00:00 UTC of their dates, those of the evening before below 0. */
  function clock(minutes) {
    const whole = ((Math.floor(minutes) % 1440) + 1440) % 1440;
    const two = (value) => String(value).padStart(2, "0");
    return two(Math.floor(whole / 60)) + ":" + two(whole % 60);
  }

  document.addEventListener("pointermove", (event) => {
    if (window.location.pathname !== PATH) return;
    const wall = event.target.closest && event.target.closest(".kg-wall");
    const drawn = document.querySelector(".kg-wall");
    if (!drawn) return;
    const hours = drawn.querySelector(".kg-hours").getBoundingClientRect();
    const part = (event.clientX - hours.left) / hours.width;
    drawn.classList.toggle("kg-pointing", Boolean(wall) && part >= 0 && part <= 1);
    if (!wall) return;
    const left = hours.left - drawn.getBoundingClientRect().left;
    drawn.style.setProperty("--kg-cursor", left + part * hours.width + "px");
    const start = Number(drawn.dataset.start);
    const end = Number(drawn.dataset.end);
    const tag = drawn.querySelector(".kg-cursor-tag");
    tag.style.left = part * 100 + "%";
    tag.textContent = clock(Math.min(end - 1, start + part * (end - start))) + " UTC";
  }, { passive: true });

  /* The calendar marks the days that have data; `months` holds one bit a day. */
  window.dashMantineFunctions = Object.assign({}, window.dashMantineFunctions, {
    keogramDay: (day, { months }) => {
      const bits = (months || {})[String(day).slice(0, 7)] || 0;
      const there = (bits >> (Number(String(day).slice(8, 10)) - 1)) & 1;
      return there ? { "data-has-data": "true" } : {};
    },
  });
})();
