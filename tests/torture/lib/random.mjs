// Chances that a seed repeats (mulberry32).
export class Random {
  constructor(seed) { this.state = seed >>> 0; }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) { return Math.floor(this.next() * n); }
  between(least, most) { return least + this.below(most - least + 1); }
  percent(p) { return this.next() * 100 < p; }
  pick(list) { return list[this.below(list.length)]; }

  some(list, count) {
    const left = [...list];
    const taken = [];
    while (taken.length < count && left.length) taken.push(left.splice(this.below(left.length), 1)[0]);
    return taken;
  }
}
