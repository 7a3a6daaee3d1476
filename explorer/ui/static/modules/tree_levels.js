// The known part of a tree that is read level by level. read(parameters): returns a promise of { nodes, total }. changed():
// called when something has arrived.
export class TreeLevels {
  constructor(read, changed) {
    this.read = read;
    this.changed = changed;
    this.levels = new Map();
    this.open = new Set();
    // The open and closed groups among those that match the filter.
    this.foundOpen = new Set();
    this.foundClosed = new Set();
    this.found = null;
    this.wanted = "";
    this.failed = false;
  }

  // Read the top level, all open levels, and the groups that match the filter again.
  async refresh() {
    const ids = new Set([null, ...this.open, ...this.foundOpen]);
    const levels = [...ids].map((id) => this.#load(id, Math.max(1, this.levels.get(id)?.nodes.length ?? 0)));
    await Promise.all([...levels, this.#find(this.wanted)]);
    this.changed();
  }

  async expand(id) {
    this.foundClosed.delete(id);
    (this.found ? this.foundOpen : this.open).add(id);
    this.changed();
    await this.#load(id, 1);
    this.changed();
  }

  collapse(id) {
    if (this.found) {
      this.foundOpen.delete(id);
      this.foundClosed.add(id);
    } else this.open.delete(id);
    this.changed();
  }

  // Read the rest of a level that has more groups than one response holds; returns the id of the first of them.
  async more(id) {
    const known = this.levels.get(id).nodes.length;
    await this.#load(id, known + 1);
    return this.levels.get(id).nodes[known]?.id;
  }

  // Show only the groups whose names contain a text; with an empty text, all of them.
  async match(text) {
    this.wanted = text;
    if (!text) this.found = null;
    else if (!(await this.#find(text))) return;
    this.foundOpen.clear();
    this.foundClosed.clear();
    this.changed();
  }

  // Returns whether this text is still the wanted one.
  async #find(text) {
    if (!text) return true;
    const found = await this.#ask({ matching: text });
    if (this.wanted !== text) return false;
    this.found = found ?? this.found;
    return true;
  }

  // The visible rows from the top down: { node, level, at, size, open, folds, name }, or { more, of, … } for the rest of a level.
  rows() {
    const rows = [], top = this.found ?? this.levels.get(null);
    if (top) this.#add(rows, this.found ? { nodes: top.nodes, total: top.nodes.length } : top, null, 1);
    return rows;
  }

  #add(rows, level, of, depth) {
    level.nodes.forEach((node, at) => {
      const expanded = (this.found ? this.foundOpen : this.open).has(node.id);
      const open = expanded || (this.found !== null && node.inside.length > 0 && !this.foundClosed.has(node.id));
      rows.push({ id: node.id, node, level: depth, at: at + 1, size: level.total, open, folds: node.folds, name: node.name });
      const known = expanded ? this.levels.get(node.id) : { nodes: node.inside, total: node.inside.length };
      if (open && known) this.#add(rows, known, node.id, depth + 1);
    });
    const rest = level.total - level.nodes.length;
    if (rest > 0) {
      const at = level.nodes.length + 1;
      rows.push({ id: `more ${of}`, more: rest, of, level: depth, at, size: level.total, open: false, folds: false, name: "" });
    }
  }

  // Read a level until at least `least` of its groups are known.
  async #load(id, least) {
    const nodes = [];
    let total = least;
    while (nodes.length < Math.min(least, total)) {
      const found = await this.#ask({ ...(id === null ? {} : { of: id }), from: nodes.length });
      if (!found) return;
      total = found.total;
      if (!found.nodes.length) break;
      nodes.push(...found.nodes);
    }
    this.levels.set(id, { nodes, total: nodes.length ? total : 0 });
  }

  async #ask(parameters) {
    try {
      const found = await this.read(parameters);
      this.failed = false;
      return found;
    } catch {
      this.failed = true;
      return null;
    }
  }
}
