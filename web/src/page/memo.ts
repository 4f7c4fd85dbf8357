import { Component, type ComponentChildren, type ComponentType } from "preact";

/** Draws again only when a property is another one. */
export function memo<P extends object>(draw: (props: P) => ComponentChildren): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now: Record<string, unknown> = { ...this.props };
      return Object.entries(next).some(([name, value]) => name !== "children" && !Object.is(now[name], value));
    }
    override render(props: P): ComponentChildren {
      return draw(props);
    }
  };
}
