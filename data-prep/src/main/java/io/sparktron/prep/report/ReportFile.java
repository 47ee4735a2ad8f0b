package io.sparktron.prep.report;

/**
 * {@code report.json}. It is the last file to be written: an output folder that has it is complete.
 *
 * @param provenance what the datasets were made from
 * @param report what was read, dropped and written
 */
public record ReportFile(Provenance provenance, PrepReport report) {
    public static final String NAME = "report.json";
}
