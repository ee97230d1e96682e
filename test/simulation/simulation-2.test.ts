/**
 * Random histories of an org × crashes × faults × outages × credentials, then two quiet runs: the warehouse equals the org.
 * This is the second quarter. What it was seen to catch are the named breaks of `breaks.ts`: see `breaks.test.ts`.
 */
import { testHistories } from "./histories.ts";

testHistories(1);
