/** A request or a document in the fixed font; what is typed by people stands out. */

import { Fragment } from "react";

const TOKEN = /("(?:[^"\\]|\\.)*"\s*:)|("(?:[^"\\]|\\.)*")|\b(GET|POST|PATCH|DELETE|query|mutation|filter|first|data)\b/g;

export function Code({ text, label }: { text: string; label: string }) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, key, string] = match;
    parts.push(<Fragment key={from}>{text.slice(from, match.index)}</Fragment>);
    parts.push(
      <span key={`t${match.index}`} className={string === undefined || key !== undefined ? "k" : "s"}>
        {whole}
      </span>,
    );
    from = match.index + whole.length;
  }
  return (
    <section className="code" tabIndex={0} aria-label={label}>
      {parts}
      {text.slice(from)}
    </section>
  );
}
