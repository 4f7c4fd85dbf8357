// The picture outside of the drawing: as a file, and as text. Loaded when somebody asks for either.
import type { Picture as Data } from "../engine/types.ts";
import { save } from "../share/download.ts";
import { release } from "../state/document.ts";
import { LATER } from "../text.later.ts";
import { TEXT } from "../text.ts";
import { budgetOf, volumes } from "./cluster.tsx";
import "../page/outcome.css";

/** The picture with its colours in it: outside the page there is no style sheet. */
export function download(svg: SVGSVGElement): void {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, index) => {
    const source = from[index];
    if (source === undefined) return;
    const style = getComputedStyle(source);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight"]) {
      element.setAttribute(name, style.getPropertyValue(name));
    }
    for (const name of ["class", "tabindex", "role"]) element.removeAttribute(name);
  });
  const ground = document.createElementNS(copy.namespaceURI, "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(svg).backgroundColor);
  copy.prepend(ground);
  copy.setAttribute("font-family", "system-ui, sans-serif");
  for (const name of ["role", "style"]) copy.removeAttribute(name);
  save(`${release.peek().name}.svg`, new XMLSerializer().serializeToString(copy), "image/svg+xml");
}

export function PictureText({ data }: { data: Data }) {
  const { columns } = LATER.picture;
  const { roles } = TEXT.picture;
  return (
    <>
      <table>
        <thead>
          <tr>
            {Object.entries(columns).map(([key, title]) => (
              <th key={key} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.sets.flatMap((set) =>
            set.pods.map((pod) => (
              <tr key={pod.name}>
                <th scope="row">{pod.name}</th>
                <td>
                  {roles[pod.role]}
                  {pod.seed && `, ${TEXT.picture.seed}`}
                  {pod.mayFound && `, ${TEXT.picture.mayFound}`}
                </td>
                <td>{pod.node}</td>
                <td>{pod.zone}</td>
                <td>{volumes(pod)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      <ul>
        {data.services.map((service) => (
          <li key={service.name}>
            {TEXT.picture.service} {service.name} ({service.type} {service.ports.map((port) => `${port.name} ${port.port}`).join(", ")}) {TEXT.picture.selects[service.selects]}
          </li>
        ))}
        {data.sets.map((set) => set.budget !== null && <li key={set.name}>{`${budgetOf(set)}, unhealthyPodEvictionPolicy ${set.budget.unhealthyPodEvictionPolicy}`}</li>)}
      </ul>
    </>
  );
}
