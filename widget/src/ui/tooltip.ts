import type { OpenSurface } from "./surface";
export const open: OpenSurface = () => undefined;
