import { Component, type ComponentChildren, type ComponentType } from "preact";

/** Draws again only when a property is another one. */
export function memo<P extends object>(draw: (props: P) => ComponentChildren): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      // Without a list of them: there may be thousands of such components.
      for (const name in next) if (!Object.is((this.props as P)[name], next[name])) return true;
      return false;
    }
    override render(props: P): ComponentChildren {
      return draw(props);
    }
  };
}
