import type { Scene } from "../dom/scene";

/** That something was copied, and where; never what. */
export function copy(scene: Scene): void {
  scene.on(document, "copy", (event) => {
    const target = scene.target(event);
    const el = target && scene.describer.of(target);
    if (el) scene.emit({ t: "copy", el });
  });
}
