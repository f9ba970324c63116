import type { Scene } from "../dom/scene";

/** Is the page in view? */
export function visibility(scene: Scene): void {
  scene.on(document, "visibilitychange", () => {
    scene.emit({ t: "visibility", visible: document.visibilityState === "visible" });
  });
}
