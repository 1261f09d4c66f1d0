/** Turns left and right of the Tabler and Bootstrap rules into start and end, so one style sheet serves both directions. */

const properties: Record<string, string> = {
  "margin-left": "margin-inline-start",
  "margin-right": "margin-inline-end",
  "padding-left": "padding-inline-start",
  "padding-right": "padding-inline-end",
  "border-left": "border-inline-start",
  "border-right": "border-inline-end",
  "border-left-width": "border-inline-start-width",
  "border-right-width": "border-inline-end-width",
  "border-left-color": "border-inline-start-color",
  "border-right-color": "border-inline-end-color",
  "border-top-left-radius": "border-start-start-radius",
  "border-top-right-radius": "border-start-end-radius",
  "border-bottom-left-radius": "border-end-start-radius",
  "border-bottom-right-radius": "border-end-end-radius",
  left: "inset-inline-start",
  right: "inset-inline-end",
};
const sides: Record<string, string> = { left: "start", right: "end" };

interface Rule {
  prop: string;
  value: string;
  source?: { input?: { file?: string } };
}

/** The calendar draws both directions by itself and is left alone. */
function isForeign(rule: Rule): boolean {
  return rule.source?.input?.file?.includes("fullcalendar") ?? false;
}

export function logicalDirections() {
  return {
    postcssPlugin: "crosscut-directions",
    Declaration(rule: Rule) {
      if (isForeign(rule)) return;
      const logical = properties[rule.prop];
      if (logical) rule.prop = logical;
      const side = rule.prop === "text-align" ? sides[rule.value] : undefined;
      if (side) rule.value = side;
    },
  };
}
