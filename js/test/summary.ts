// The count of the tests, in the form of Cargo's, for the script that adds them up.

import type { Reporter, TestModule } from "vitest/node";

export class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((it) => [...it.children.allTests()]);
    const count = (state: string) => tests.filter((it) => it.result().state === state).length;
    // What fails outside of a test, such as a file that can't be loaded, counts once.
    const broken = modules.some((it) => !it.ok()) ? 1 : 0;
    const failed = count("failed") || broken;
    const word = failed ? "FAILED" : "ok";
    console.log(`test result: ${word}. ${count("passed")} passed; ${failed} failed`);
  }
}
