/** A value that can be followed. A click follows it; the cell around it is still selected by one beside it. */

export function ValueLink({ href, text, outside = false }: { href: string; text: string; outside?: boolean }) {
  return (
    <a className="value-link cut" href={href} tabIndex={-1} {...(outside && { target: "_blank", rel: "noreferrer" })}>
      {text}
    </a>
  );
}
