import type { MountDescription, OriginNotes } from "../container-description.ts";
import type { Field } from "../field.ts";

/** A volume of a pod: the type is the name of its source (`hostPath`, `configMap`), `emptyDir` where none is written; `source` is what it names. */
export interface VolumeDescription {
  readonly name: string;
  readonly type: string;
  readonly source?: string | undefined;
  readonly field: Field;
}

/** The volumes of a pod's specification. */
export function volumesOf(spec: Field): VolumeDescription[] {
  return spec
    .at("volumes")
    .items()
    .map((field) => {
      const source = field.entries().find(([key, value]) => key !== "name" && value.isSet);
      const type = source?.[0] ?? "emptyDir";
      return { name: field.at("name").text() ?? "", type, source: sourceName(type, field.at(type)), field };
    });
}

const namedBy: Readonly<Record<string, string>> = {
  hostPath: "path",
  configMap: "name",
  secret: "secretName",
  persistentVolumeClaim: "claimName",
  csi: "driver",
  nfs: "path",
  image: "reference",
  gitRepo: "repository",
};

function sourceName(type: string, field: Field): string | undefined {
  const key = namedBy[type];
  const value = key === undefined ? undefined : field.at(key).value;
  return typeof value === "string" ? value : undefined;
}

const kinds: Readonly<Record<string, MountDescription["kind"]>> = {
  hostPath: "host-path",
  persistentVolumeClaim: "volume",
  ephemeral: "volume",
  csi: "volume",
  configMap: "config-map",
  secret: "secret",
  emptyDir: "empty-dir",
  projected: "projected",
  downwardAPI: "projected",
  image: "image",
};

/** What a container mounts, with what each volume is; a mount of a volume that the pod does not have is `other`. */
export function mountsOf(container: Field, spec: Field, notes: OriginNotes): MountDescription[] {
  const volumes = new Map(volumesOf(spec).map((volume) => [volume.name, volume]));
  return container
    .at("volumeMounts")
    .items()
    .map((field, index) => {
      notes.note(`mounts.${index}`, field);
      const name = field.at("name").text() ?? "";
      const volume = volumes.get(name);
      const inMemory = volume?.field.at("emptyDir", "medium").value === "Memory";
      return {
        name,
        kind: inMemory ? "tmpfs" : (kinds[volume?.type ?? ""] ?? "other"),
        source: within(volume?.source, volume?.type, field),
        destination: field.at("mountPath").text() ?? "",
        readOnly: field.at("readOnly").flag() ?? false,
        propagation: field.at("mountPropagation").text(),
      };
    });
}

function within(source: string | undefined, type: string | undefined, mount: Field): string | undefined {
  const below = mount.at("subPath").text();
  return source === undefined || type !== "hostPath" || !below ? source : `${source.replace(/\/$/, "")}/${below}`;
}
