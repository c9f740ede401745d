/** Objects and their relations, laid out by layers. Drawn as SVG: nothing in it needs a style in the markup. */

import dagre from "@dagrejs/dagre";
import { useNavigate } from "@tanstack/react-router";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { type Field, type Model, nameOf, type ObjectType } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { IconButton } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";

const WIDTH = 200;
const HEAD = 32;
const LINE = 22;
const MOST = 6;
const STEPS = [0.5, 0.75, 1, 1.25, 1.5];

interface Box {
  object: ObjectType;
  fields: Field[];
  x: number;
  y: number;
  height: number;
}

/** From the right side of an object to the field of another that leads to it. */
interface Edge {
  key: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
  many: boolean;
}

/** The fields that lead to others, and the title. */
const keysOf = (object: ObjectType) =>
  object.fields.filter((field) => field.api_name === object.label_field || field.settings.to !== undefined).slice(0, MOST);

function layOut(objects: ObjectType[], model: Model): { boxes: Box[]; edges: Edge[]; width: number; height: number } {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 32, ranksep: 96, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  const shown = new Set(objects.map((object) => object.api_name));
  const heights = new Map(objects.map((object) => [object.api_name, HEAD + keysOf(object).length * LINE + 8]));
  for (const object of objects) graph.setNode(object.api_name, { width: WIDTH, height: heights.get(object.api_name) ?? HEAD });
  const ways: { from: ObjectType; field: Field; to: string; key: string }[] = [];
  for (const object of objects) {
    for (const field of object.fields) {
      const { to } = field.settings;
      if (to === undefined || !shown.has(to) || to === object.api_name) continue;
      const key = `${object.api_name}.${field.api_name}`;
      ways.push({ from: object, field, to, key });
      graph.setEdge(to, object.api_name, {}, key);
    }
  }
  dagre.layout(graph);
  const boxes = objects.map((object): Box => {
    const { x, y, height } = graph.node(object.api_name);
    return { object, fields: keysOf(object), x: x - WIDTH / 2, y: y - height / 2, height };
  });
  const byName = new Map(boxes.map((box) => [box.object.api_name, box]));
  const edges = ways.flatMap(({ from, field, to, key }): Edge[] => {
    const [here, there] = [byName.get(from.api_name), byName.get(to)];
    if (!here || !there) return [];
    const line = here.fields.indexOf(field);
    const y = line < 0 ? here.y + HEAD / 2 : here.y + HEAD + 13 + line * LINE;
    return [{ key, from: { x: there.x + WIDTH, y: there.y + HEAD / 2 }, to: { x: here.x, y }, many: model.isToMany({ kind: "field", field }) }];
  });
  const { width = 0, height = 0 } = graph.graph();
  return { boxes, edges, width, height };
}

function path({ from, to }: Edge): string {
  const bend = Math.max(48, Math.abs(to.x - from.x) / 2);
  return `M${from.x},${from.y} C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
}

export default function Diagram({ objects }: { objects: ObjectType[] }) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const navigate = useNavigate();
  const [zoom, setZoom] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const { boxes, edges, width, height } = useMemo(() => layOut(objects, model), [objects, model]);
  // All of it at first, as large as that goes.
  useLayoutEffect(() => {
    const room = frame.current;
    if (!room) return;
    const fitting = STEPS.filter((step) => step <= 1 && width * step <= room.clientWidth && height * step <= room.clientHeight);
    setZoom(Math.max(0, fitting.length - 1));
  }, [width, height]);
  const scale = STEPS[zoom] ?? 1;
  return (
    <div className="diagram">
      <div ref={frame} className="diagram-scroll" tabIndex={0} role="region" aria-label={t("model.diagram")}>
        <svg width={width * scale} height={height * scale} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("model.diagramOf", { count: objects.length })}>
          {edges.map((edge) => (
            <g key={edge.key} className="edge">
              <path d={path(edge)} />
              <text x={edge.from.x + 6} y={edge.from.y - 5}>
                {edge.many ? "n" : "1"}
              </text>
              <text x={edge.to.x - 14} y={edge.to.y - 5}>
                {"n"}
              </text>
            </g>
          ))}
          {boxes.map((box) => (
            <g key={box.object.api_name} className="node" transform={`translate(${box.x} ${box.y})`} onClick={() => void navigate({ to: "/model/$object", params: { object: box.object.api_name } })}>
              <rect width={WIDTH} height={box.height} rx="8" />
              <text className="node-name" x="12" y="21">
                {nameOf(box.object, language)}
              </text>
              <line x1="0" x2={WIDTH} y1={HEAD} y2={HEAD} />
              {box.fields.map((field, index) => (
                <text key={field.api_name} className="node-field" x="12" y={HEAD + 18 + index * LINE}>
                  {nameOf(field, language)}
                </text>
              ))}
            </g>
          ))}
        </svg>
      </div>
      <div className="diagram-zoom">
        <IconButton icon="minus" label={t("model.zoomOut")} disabled={zoom === 0} onClick={() => setZoom(zoom - 1)} />
        <span className="num muted">{`${Math.round(scale * 100)} %`}</span>
        <IconButton icon="plus" label={t("model.zoomIn")} disabled={zoom === STEPS.length - 1} onClick={() => setZoom(zoom + 1)} />
      </div>
    </div>
  );
}
