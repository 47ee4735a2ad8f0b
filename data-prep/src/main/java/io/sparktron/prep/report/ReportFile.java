package io.sparktron.prep.report;

/**
 * {@code report.json}. It is the last file to be written: an output folder that has it is complete.
 *
 * @param provenance what the datasets were made from
 * @param report what was read, dropped and written
 * @param corpus the corpus as a whole
 * @param search for near duplicates and evaluation texts
 */
public record ReportFile(Provenance provenance, PrepReport report, CorpusReport corpus, SearchReport search) {
    public static final String NAME = "report.json";
}
