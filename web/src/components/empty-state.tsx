import { CopyBlock } from "./copy-block.tsx";

/** Says that there is nothing to show, why, and which command changes that. */
export function EmptyState({
  title,
  children,
  command,
}: {
  readonly title: string;
  readonly children: React.ReactNode;
  readonly command?: string;
}) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <p className="muted">{children}</p>
      {command && <CopyBlock text={command} label="the command" />}
    </div>
  );
}
