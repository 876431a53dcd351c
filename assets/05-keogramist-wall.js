/* The wall of keograms: pictures when their row comes near, and the time under the pointer. */
(function () {
  "use strict";
  const PATH = "/keogramist";
  const ROOM = "600px 0px"; // a page may have hundreds of rows

  /* A few at a time, from the top: of many that are drawn at once, none comes early. */
  const AT_ONCE = 3;
  /** @type {Set<HTMLImageElement>} */
  const waiting = new Set();
  let loading = 0;

  function loadNext() {
    for (const image of waiting) {
      if (loading >= AT_ONCE) return;
      waiting.delete(image);
      if (image.isConnected) load(image);
    }
  }

  /** @param {HTMLImageElement} image */
  function load(image) {
    /** @param {Element} element @param {string} name */
    const done = (element, name) => () => {
      loading -= 1;
      element.classList.add(name);
      loadNext();
    };
    loading += 1;
    image.addEventListener("load", done(image, "kg-there"), { once: true });
    image.addEventListener("error", done(image.closest(".kg-strip") || image, "kg-failed"), { once: true });
    image.src = image.dataset.src || "";
  }

  const nearing = new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => {
      if (!(target instanceof HTMLImageElement)) return;
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

  /** The rows' minutes count from 00:00 UTC of their dates, those of the evening before below 0. @param {number} minutes */
  function clock(minutes) {
    const whole = ((Math.floor(minutes) % 1440) + 1440) % 1440;
    /** @param {number} value */
    const two = (value) => String(value).padStart(2, "0");
    return two(Math.floor(whole / 60)) + ":" + two(whole % 60);
  }

  /**
   * @param {ParentNode} within
   * @param {string} selector
   * @returns {HTMLElement | null}
   */
  const one = (within, selector) => within.querySelector(selector);

  document.addEventListener("pointermove", (event) => {
    const drawn = window.location.pathname === PATH && one(document, ".kg-wall");
    if (drawn) point(drawn, event);
  }, { passive: true });

  /** @param {HTMLElement} drawn @param {PointerEvent} event */
  function point(drawn, event) {
    const [axis, tag] = [one(drawn, ".kg-hours"), one(drawn, ".kg-cursor-tag")];
    if (!axis || !tag) return;
    const within = event.target instanceof Element && event.target.closest(".kg-wall") !== null;
    const hours = axis.getBoundingClientRect();
    const part = (event.clientX - hours.left) / hours.width;
    drawn.classList.toggle("kg-pointing", within && part >= 0 && part <= 1);
    if (!within) return;
    const left = hours.left - drawn.getBoundingClientRect().left;
    drawn.style.setProperty("--kg-cursor", left + part * hours.width + "px");
    const start = Number(drawn.dataset.start);
    const end = Number(drawn.dataset.end);
    tag.style.left = part * 100 + "%";
    tag.textContent = clock(Math.min(end - 1, start + part * (end - start))) + " UTC";
  }

  /* The calendar marks the days that have data; `months` holds one bit a day. */
  window.dashMantineFunctions = Object.assign({}, window.dashMantineFunctions, {
    /** @param {string} day @param {{months?: Record<string, number>}} told */
    keogramDay: (day, { months }) => {
      const bits = (months || {})[String(day).slice(0, 7)] || 0;
      const there = (bits >> (Number(String(day).slice(8, 10)) - 1)) & 1;
      return there ? { "data-has-data": "true" } : {};
    },
  });
})();
