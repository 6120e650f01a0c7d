import { useRef, useState } from "react";

/** Text to paste elsewhere, with a button that copies it or, where the browser forbids that, selects it. */
export function CopyBlock({ text, label }: { readonly text: string; readonly label: string }) {
  const block = useRef<HTMLPreElement>(null);
  const [done, setDone] = useState("");

  const copy = () => {
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setDone("copied"),
      () => {
        if (block.current) getSelection()?.selectAllChildren(block.current);
        setDone("selected");
      },
    );
  };

  return (
    <div className="copy-block">
      <pre ref={block}>{text}</pre>
      <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
        {done || "copy"}
      </button>
      <span role="status" className="visually-hidden">
        {done}
      </span>
    </div>
  );
}
