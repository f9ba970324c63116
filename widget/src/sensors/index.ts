import type { Sensor } from "../dom/scene";
import { activity } from "./activity";
import { clicks } from "./clicks";
import { copy } from "./copy";
import { faults } from "./faults";
import { fields } from "./fields";
import { navigation } from "./navigation";
import { requests } from "./requests";
import { scroll } from "./scroll";
import { submits } from "./submits";
import { visibility } from "./visibility";

/** What is watched from the first moment; validation messages follow in the lazy part "forms". Order counts where two listen to one event: a click is told before its submit. */
export const SENSORS: readonly Sensor[] = [
  clicks, submits, activity, fields, navigation, requests, faults, visibility, scroll, copy,
];
