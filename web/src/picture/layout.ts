// Where things stand in the picture. Pure: the picture's data in, boxes out.
import type { Picture, Pod, Set as PodSet, Service } from "../engine/types.ts";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface PodBox extends Box {
  pod: Pod;
  index: number;
}
interface NodeBox extends Box {
  name: string;
}
interface ZoneBox extends Box {
  name: string;
}
interface ServiceBox extends Box {
  name: string;
  type: string;
  ports: string;
  selects: Service["selects"];
}
export interface Layout {
  width: number;
  height: number;
  /** Many pods: tiles with a number instead of cards. */
  isDense: boolean;
  services: ServiceBox[];
  zones: ZoneBox[];
  nodes: NodeBox[];
  pods: PodBox[];
  /** The sets that have a disruption budget, each on a line below. */
  budgets: { x: number; y: number; set: PodSet }[];
}

/** From this many pods on there is no room for a card each. */
const DENSE = 24;
const GAP = 12;
const LINE = 18;
/** Tiles are laid out for about this width, so that their numbers can be read. */
const WIDTH = 720;

export function layOut(picture: Picture): Layout {
  const all = picture.sets.flatMap((set) => set.pods);
  const isDense = all.length >= DENSE;
  const card = isDense ? { width: 34, height: 26 } : { width: 148, height: 74 };
  const head = isDense ? 4 : 22;
  const pad = isDense ? 3 : 8;
  const zoneNames = [...new Set(all.map((pod) => pod.zone))];
  const layout: Layout = { width: 0, height: 0, isDense, services: [], zones: [], nodes: [], pods: [], budgets: [] };
  // A Service for each pod says no more than the pod.
  const shown = isDense ? picture.services.filter((service) => service.selects !== "pod") : picture.services.slice(0, MOST);
  const serviceWidth = 172;
  let top = GAP;
  const perRow = Math.max(1, Math.min(shown.length, 4));
  shown.forEach((service, index) => {
    const { name, type, selects } = service;
    const x = GAP + (index % perRow) * (serviceWidth + GAP);
    const y = top + Math.floor(index / perRow) * 66;
    layout.services.push({ x, y, width: serviceWidth, height: 54, name, type, ports: service.ports.map((port) => port.port).join(", "), selects });
  });
  if (shown.length > 0) top += Math.ceil(shown.length / perRow) * 66 + 8;
  let left = GAP;
  let bottom = top;
  for (const zone of zoneNames) {
    const inZone = all.filter((pod) => pod.zone === zone);
    const nodeNames = [...new Set(inZone.map((pod) => pod.node))];
    const columns = isDense ? Math.max(2, Math.floor((WIDTH / zoneNames.length - 2 * GAP) / (card.width + 2 * pad + 4))) : 1;
    const zoneBox: ZoneBox = { x: left, y: top, width: 0, height: 0, name: zone };
    let y = top + 26;
    let rowHeight = 0;
    let widest = 0;
    nodeNames.forEach((node, index) => {
      const here = inZone.filter((pod) => pod.node === node);
      const column = index % columns;
      if (column === 0 && index > 0) {
        y += rowHeight + (isDense ? 4 : GAP);
        rowHeight = 0;
      }
      const width = card.width + 2 * pad;
      const height = head + here.length * (card.height + pad) + (isDense ? 0 : 2);
      const x = left + 10 + column * (width + (isDense ? 4 : GAP));
      layout.nodes.push({ x, y, width, height, name: node });
      here.forEach((pod, at) => {
        layout.pods.push({ x: x + pad, y: y + head + at * (card.height + pad), ...card, pod, index: layout.pods.length });
      });
      rowHeight = Math.max(rowHeight, height);
      widest = Math.max(widest, x + width - left);
    });
    zoneBox.width = Math.max(widest + 10, 90);
    zoneBox.height = y + rowHeight + 10 - top;
    layout.zones.push(zoneBox);
    left += zoneBox.width + GAP;
    bottom = Math.max(bottom, top + zoneBox.height);
  }
  for (const zone of layout.zones) zone.height = bottom - zone.y;
  for (const set of picture.sets.filter((one) => one.budget !== null)) {
    bottom += LINE;
    layout.budgets.push({ x: GAP, y: bottom, set });
  }
  const services = layout.services.reduce((most, box) => Math.max(most, box.x + box.width + GAP), 0);
  layout.width = Math.max(left, services, 320);
  layout.height = bottom + GAP;
  return layout;
}

/** So many services are drawn; the text form names all. */
const MOST = 12;
