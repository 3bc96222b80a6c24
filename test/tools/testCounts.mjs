// Counts what Vitest's JSON report says, so that nothing that went wrong can count as nothing.

/**
 * @param report the parsed report, undefined when Vitest wrote none
 * @param exitCode Vitest's exit code
 */
export function countTests(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, notes: ['The tests ended without a report.'] }
  const files = report.testResults ?? []
  const tests = files.flatMap((file) => file.assertionResults)
  const passed = tests.filter((test) => test.status === 'passed').length
  const failedTests = tests.filter((test) => test.status === 'failed').length
  // A file that can't be loaded, or whose hook throws, fails without a failing test.
  const failedFiles = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
  const notes = failedFiles.map((file) => `${file.name} failed outside its tests.`)
  let failed = failedTests + failedFiles.length
  if (passed + failed === 0) {
    failed = 1
    notes.push('No test ran.')
  }
  // For instance an error that nobody awaited, or a browser that went away.
  if (failed === 0 && exitCode !== 0) {
    failed = 1
    notes.push(`The tests passed, but Vitest ended with exit code ${exitCode}.`)
  }
  const skipped = tests.length - passed - failedTests
  if (skipped > 0) notes.push(`${skipped} skipped`)
  return { passed, failed, notes }
}
