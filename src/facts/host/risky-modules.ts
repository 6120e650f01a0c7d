/** A kernel module that container hosts rarely need and that has a record of flaws. */
export interface RiskyModule {
  /** Name with underscores, as /proc/modules has it. */
  readonly module: string;
  /** Kernel option that builds it in (`y`) or as a module (`m`), without `CONFIG_`. */
  readonly option: string;
  readonly kind: "file system" | "network protocol" | "device";
}

/** File systems, protocols and devices to keep out. What engines and network plugins need (overlay, br_netfilter, nf_tables, vxlan, ip_vs) is never among them. */
export const riskyModules: readonly RiskyModule[] = [
  { module: "cramfs", option: "CRAMFS", kind: "file system" },
  { module: "freevxfs", option: "VXFS_FS", kind: "file system" },
  { module: "hfs", option: "HFS_FS", kind: "file system" },
  { module: "hfsplus", option: "HFSPLUS_FS", kind: "file system" },
  { module: "jffs2", option: "JFFS2_FS", kind: "file system" },
  { module: "ksmbd", option: "SMB_SERVER", kind: "file system" },
  { module: "dccp", option: "IP_DCCP", kind: "network protocol" },
  { module: "rds", option: "RDS", kind: "network protocol" },
  { module: "tipc", option: "TIPC", kind: "network protocol" },
  { module: "ax25", option: "AX25", kind: "network protocol" },
  { module: "netrom", option: "NETROM", kind: "network protocol" },
  { module: "rose", option: "ROSE", kind: "network protocol" },
  { module: "x25", option: "X25", kind: "network protocol" },
  { module: "decnet", option: "DECNET", kind: "network protocol" },
  { module: "appletalk", option: "ATALK", kind: "network protocol" },
  { module: "can", option: "CAN", kind: "network protocol" },
  { module: "atm", option: "ATM", kind: "network protocol" },
  { module: "n_hdlc", option: "N_HDLC", kind: "network protocol" },
  { module: "firewire_core", option: "FIREWIRE", kind: "device" },
  { module: "usb_storage", option: "USB_STORAGE", kind: "device" },
  { module: "floppy", option: "BLK_DEV_FD", kind: "device" },
];
