/** One name in a tree of paths; a node without entry is a directory that no layer lists. */
export class TreeNode<Entry> {
  readonly name: string;
  parent: TreeNode<Entry> | undefined;
  entry: Entry | undefined = undefined;
  children: Map<string, TreeNode<Entry>> | undefined = undefined;
  /** The last layer that hid all that lower layers put below this node. */
  clearedIn = -1;

  constructor(name: string, parent: TreeNode<Entry> | undefined) {
    this.name = name;
    this.parent = parent;
  }

  /** The child of a name, made where it is missing. */
  child(name: string): TreeNode<Entry> {
    this.children ??= new Map();
    let child = this.children.get(name);
    if (!child) {
      child = new TreeNode<Entry>(name, this);
      this.children.set(name, child);
    }
    return child;
  }

  /** The path from the root, "" for the root itself. */
  path(): string {
    const names: string[] = [];
    for (let node: TreeNode<Entry> | undefined = this; node?.parent; node = node.parent) names.push(node.name);
    return names.reverse().join("/");
  }

  /** Whether a layer has already hidden what lower layers put here. */
  isClearedIn(layer: number): boolean {
    for (let node: TreeNode<Entry> | undefined = this; node; node = node.parent) {
      if (node.clearedIn === layer) return true;
    }
    return false;
  }

  isEmpty(): boolean {
    return this.entry === undefined && (this.children === undefined || this.children.size === 0);
  }

  /** Takes the node out of its parent. */
  detach(): void {
    this.parent?.children?.delete(this.name);
  }

  /** This node and all below it, children before parents; the tree may be changed meanwhile. Not recursive: paths may be thousands deep. */
  subtreeDeepestFirst(): TreeNode<Entry>[] {
    const nodes: TreeNode<Entry>[] = [this];
    for (let index = 0; index < nodes.length; index++) {
      for (const child of nodes[index]!.children?.values() ?? []) nodes.push(child);
    }
    return nodes.reverse();
  }

  /** The entries of this node and all below it, parents first, names in code unit order. */
  *entries(): Generator<Entry, void, undefined> {
    const stack: TreeNode<Entry>[] = [this];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (node.entry !== undefined) yield node.entry;
      if (!node.children) continue;
      const names = [...node.children.keys()].sort().reverse();
      for (const name of names) stack.push(node.children.get(name)!);
    }
  }
}
