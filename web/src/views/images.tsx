import { EmptyState } from "../components/empty-state.tsx";
import { Prose, SeverityLabel } from "../components/labels.tsx";
import { useWindow } from "../components/more-list.tsx";
import { type BaseGroup, fixGroupsOf, type ImageView, imagesByBase, worstFirst } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";
import { bytes, counted } from "../words.ts";
import { setAsideText } from "./set-aside.tsx";

/** The images in groups that share a base: a mended base mends a group at once. */
export function ImagesView() {
  const model = useModel();
  const groups = imagesByBase(model);
  return (
    <>
      <h1>Images</h1>
      <p className="lead">
        Images that share a base are mended together. They stand in the order of rebuilding: a base before what is built
        on it, and of equals the one that brings the most findings first.
      </p>
      {groups.length === 0 && (
        <EmptyState title="No image was assessed" command="plimsoll assess image REFERENCE">
          Name an image in a registry, an engine or an archive.
        </EmptyState>
      )}
      {groups.map((group) => (
        <BaseSection key={group.base} group={group} />
      ))}
    </>
  );
}

function BaseSection({ group }: { readonly group: BaseGroup }) {
  const { shown, more } = useWindow(group.images, 24, group.base);
  return (
    <section className="base-group">
      <h2>
        {group.base === "scratch" ? (
          "Built on nothing (scratch)"
        ) : group.known ? (
          <code>{group.base}</code>
        ) : (
          "Base not known"
        )}
        <span className="muted">
          {counted(group.images.length, "image")}
          {group.fromBase > 0 && `, ${counted(group.fromBase, "finding")} from the layers of the base`}
        </span>
      </h2>
      {!group.known && (
        <p className="muted">
          Build with the labels org.opencontainers.image.base.name and base.digest, or assess the base image too.
        </p>
      )}
      <ul className="images">
        {shown.map((image) => (
          <ImageCard key={image.subject} image={image} />
        ))}
      </ul>
      {more}
    </section>
  );
}

function ImageCard({ image }: { readonly image: ImageView }) {
  const facts = [
    image.system,
    image.platform,
    image.created && `created ${image.created.slice(0, 10)}`,
    image.size !== undefined && bytes(image.size),
    image.layers !== undefined && counted(image.layers, "layer"),
    image.packages !== undefined && counted(image.packages, "package"),
    image.shownBy && `base shown by ${image.shownBy}`,
  ].filter(Boolean);
  const fixes = fixGroupsOf(image.failures);
  return (
    <li className="image-card panel">
      <h3>{image.name}</h3>
      <p className="muted">{facts.length > 0 ? facts.join(" · ") : "nothing more was observed"}</p>
      {image.failures.length === 0 ? (
        <p>No open failures.</p>
      ) : (
        <>
          <SeverityCounts image={image} />
          <ol className="image-fixes">
            {fixes
              .toSorted((a, b) => b.findings.length - a.findings.length)
              .slice(0, 4)
              .map((group) => (
                <li key={`${group.rule.check}\n${group.fix}`}>
                  <span>
                    <Prose text={group.fix} />
                  </span>
                  <span className="muted">{counted(group.findings.length, "finding")}</span>
                </li>
              ))}
          </ol>
        </>
      )}
      {image.setAside.length > 0 && (
        <p>
          <a href={addressOf(["set-aside"], { subject: image.name })}>Set aside</a>{" "}
          <span className="muted">{setAsideText(image.setAside)}</span>
        </p>
      )}
      <a
        className="all-link"
        href={addressOf(["findings"], { subject: image.name, status: image.failures.length === 0 ? "all" : undefined })}
      >
        {image.failures.length === 0
          ? "Everything judged of it"
          : `${counted(image.failures.length, "finding")}, ${counted(fixes.length, "change")}`}
      </a>
    </li>
  );
}

function SeverityCounts({ image }: { readonly image: ImageView }) {
  const counts = worstFirst.map((severity) => ({
    severity,
    count: image.failures.filter((finding) => finding.severity === severity).length,
  }));
  return (
    <p className="image-counts">
      {counts
        .filter(({ count }) => count > 0)
        .map(({ severity, count }) => (
          <span key={severity}>
            <strong>{count}</strong> <SeverityLabel severity={severity} />
          </span>
        ))}
    </p>
  );
}
