package io.sparktron.prep;

/**
 * {@code report.json}. It is the last file to be written: an output folder that has it is complete.
 *
 * @param provenance what the datasets were made from
 * @param report what was read, dropped and written
 */
record ReportFile(Provenance provenance, PrepReport report) {
    static final String NAME = "report.json";
}
