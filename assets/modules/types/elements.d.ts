/* Which element `html("button.btn")` makes: the name before the first dot says it. */

type Name<Tag extends string> = Tag extends `${infer First}.${string}` ? First : Tag;

export type HtmlOf<Tag extends string> = Name<Tag> extends keyof HTMLElementTagNameMap
  ? HTMLElementTagNameMap[Name<Tag>]
  : HTMLElement;

export type SvgOf<Tag extends string> = Name<Tag> extends keyof SVGElementTagNameMap
  ? SVGElementTagNameMap[Name<Tag>]
  : SVGElement;

/** A listener where the name begins with "on", else the text of an attribute; true for one
 * without text, none of it for false, null and undefined. */
export type Attributes = Record<string, string | number | boolean | null | undefined | Listener>;

/** Listeners are written for the event that their name brings. */
export type Listener = (event: never) => unknown;

export type Child = Node | string | null | undefined;
