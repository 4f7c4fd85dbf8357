import { Component, type ComponentChildren, createElement, type FunctionComponent, type VNode } from "preact";

/** Draws again only when a property is another one. */
export function memo<P extends object>(draw: (props: P) => ComponentChildren): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now: Record<string, unknown> = { ...this.props };
      return Object.entries(next).some(([name, value]) => name !== "children" && !Object.is(now[name], value));
    }
    override render(props: P): ComponentChildren {
      return draw(props);
    }
  }
  return (props: P): VNode => createElement(Memo, props) as VNode;
}
