/* What is said of a day, beside it; the link says the same to those who do not see it. */
import { html } from "../keogram/dom.js";

const MARGIN = 8;

export class Tip {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.element = html("div.av-tip", { "aria-hidden": "true", hidden: true });
    root.append(this.element);
  }

  dispose() {
    this.element.remove();
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {HTMLElement} beside
   * @param {...string} words name, day, amount, what a click does
   */
  show(beside, ...words) {
    const [name, day, amount, does] = words;
    this.element.replaceChildren(
      html("strong", null, name), html("span", null, day), html("b", null, amount), html("small", null, does));
    this.element.hidden = false;
    const box = beside.getBoundingClientRect();
    const { width, height } = this.element.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.min(Math.max(MARGIN, box.left + box.width / 2 - width / 2), room - width - MARGIN);
    const above = box.top - height - MARGIN;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${above > MARGIN ? above : box.bottom + MARGIN}px`;
  }
}
