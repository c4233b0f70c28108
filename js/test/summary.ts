// The count of the tests, in the form of Cargo's, for the script that adds them up.

import type { Reporter, TestModule } from "vitest/node";

export class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((it) => [...it.children.allTests()]);
    const count = (state: string) => tests.filter((it) => it.result().state === state).length;
    // A file that can't be loaded has no tests to count.
    const broken = modules.filter((it) => it.errors().length > 0).length;
    const failed = count("failed") + broken;
    const word = failed ? "FAILED" : "ok";
    console.log(`test result: ${word}. ${count("passed")} passed; ${failed} failed`);
  }
}
