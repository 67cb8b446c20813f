import { type ComponentChildren, options, type VNode } from "preact";
import { plainText } from "../plain-text.ts";

function plainChildren(children: ComponentChildren): ComponentChildren {
  if (typeof children === "string") return plainText(children);
  return Array.isArray(children) ? children.map(plainChildren) : children;
}

/** Has every text of every element pass {@link plainText}. What is copied, exported or checked stays as it came. */
export function startPlainText(): void {
  const before = options.vnode;
  options.vnode = (vnode: VNode) => {
    if (typeof vnode.type === "string") {
      const props = vnode.props as { children?: ComponentChildren; title?: unknown };
      if (props.children !== undefined) props.children = plainChildren(props.children);
      if (typeof props.title === "string") props.title = plainText(props.title);
    }
    before?.(vnode);
  };
}
