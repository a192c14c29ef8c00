/** Ends a run with the one line that a person or a script reads: `N passed, N failed, N skipped`. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const broken = results.testResults.filter((file) => file.testExecError || file.failureMessage);
    const filesThatDidNotRun = broken.filter((file) => file.numFailingTests === 0).length;
    const failed = results.numFailedTests + filesThatDidNotRun;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.on('exit', () => {
      process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${tail}\n`);
    });
  }
}
