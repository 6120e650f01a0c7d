import type { Field } from "./field.ts";
import type { ImageReferenceParts } from "./image-reference.ts";

/** How a kernel filter or profile is set for a container. */
export interface ProfileSetting {
  readonly kind: "runtime-default" | "unconfined" | "localhost" | "other";
  readonly profile?: string | undefined;
}
/** SELinux labels that a container asks for. */
export interface SeLinuxSetting {
  readonly type?: string | undefined;
  readonly user?: string | undefined;
  readonly role?: string | undefined;
  readonly level?: string | undefined;
  readonly disabled: boolean;
}
/** A mount of a container. */
export interface MountDescription {
  readonly name?: string | undefined;
  readonly kind:
    | "host-path"
    | "volume"
    | "config-map"
    | "secret"
    | "empty-dir"
    | "projected"
    | "tmpfs"
    | "image"
    | "other";
  readonly source?: string | undefined;
  readonly destination: string;
  readonly readOnly: boolean;
  readonly propagation?: string | undefined;
  readonly options?: string[];
}
/** A port of a container, published or not. */
export interface PortDescription {
  readonly container: number;
  readonly host?: number | undefined;
  readonly hostAddress?: string | undefined;
  readonly protocol: string;
}
/** An environment variable, its value masked where it looks secret. */
export interface VariableDescription {
  readonly name: string;
  readonly from: "literal" | "secret" | "config-map" | "field" | "other";
  readonly value?: string | undefined;
  readonly looksSecret: boolean;
}

/** One container's settings as a manifest, a compose file or an engine states them. Absent means not set there, so that the runtime's default counts. */
export interface ContainerDescription {
  readonly name: string;
  readonly role: "main" | "init" | "sidecar" | "ephemeral";
  readonly runtime: string;
  readonly image: ImageReferenceParts;
  readonly imagePullPolicy?: string | undefined;
  readonly privileged: boolean;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly runAsNonRoot?: boolean | undefined;
  readonly allowPrivilegeEscalation?: boolean | undefined;
  readonly readOnlyRootFilesystem: boolean;
  readonly capabilities: { readonly add: string[]; readonly drop: string[] };
  readonly seccomp?: ProfileSetting | undefined;
  readonly appArmor?: ProfileSetting | undefined;
  readonly seLinux?: SeLinuxSetting | undefined;
  readonly podSettings?:
    | {
        readonly user?: string | undefined;
        readonly runAsNonRoot?: boolean | undefined;
        readonly seccomp?: ProfileSetting | undefined;
        readonly appArmor?: ProfileSetting | undefined;
        readonly seLinux?: SeLinuxSetting | undefined;
        readonly windowsHostProcess?: boolean | undefined;
      }
    | undefined;
  readonly operatingSystem?: string | undefined;
  readonly windowsHostProcess: boolean;
  readonly probeHosts: { readonly probe: string; readonly host: string }[];
  readonly procMount?: string | undefined;
  readonly hostNamespaces: {
    readonly network: boolean;
    readonly pid: boolean;
    readonly ipc: boolean;
    readonly uts: boolean;
    readonly user?: boolean | undefined;
  };
  readonly mounts: MountDescription[];
  readonly devices: string[];
  readonly sysctls: Record<string, string>;
  readonly ports: PortDescription[];
  readonly limits: {
    readonly memory?: number | undefined;
    readonly cpu?: number | undefined;
    readonly processes?: number | undefined;
  };
  readonly env: VariableDescription[];
  readonly command: string[];
  readonly probes?: { readonly liveness: boolean; readonly readiness: boolean } | undefined;
  readonly cgroupParent?: string | undefined;
  readonly running?: boolean | undefined;
  readonly origin: OriginDescription;
}

/** Where the fields were read. */
export interface OriginDescription {
  readonly file?: string | undefined;
  readonly lines: Record<string, number>;
  readonly paths: Record<string, string>;
}

/** Gathers where the fields of a description were read. */
export class OriginNotes {
  readonly lines: Record<string, number> = {};
  readonly paths: Record<string, string> = {};
  readonly #file: string | undefined;
  readonly #line: (field: Field) => number | undefined;

  constructor(file: string | undefined, line: (field: Field) => number | undefined) {
    this.#file = file;
    this.#line = line;
  }

  /** Notes that `name` was read from the first of `fields` that is set, and returns that one, else the first. */
  note(name: string, ...fields: readonly [Field, ...Field[]]): Field {
    const found = fields.find((field) => field.isSet);
    if (found === undefined) {
      this.paths[name] ??= fields[0].shown;
      return fields[0];
    }
    this.paths[name] = found.shown;
    const line = this.#line(found);
    if (line !== undefined) this.lines[name] = line;
    return found;
  }

  /** The notes as plain data. */
  origin(): OriginDescription {
    return { ...(this.#file === undefined ? {} : { file: this.#file }), lines: this.lines, paths: this.paths };
  }
}
