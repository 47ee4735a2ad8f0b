package io.sparktron.preflight;

/** A run was not started because it could not come to its end. */
public final class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Report report;

    NotReadyException(Report report) {
        super(report.problems().toString());
        this.report = report;
    }

    /** What was found. */
    public Report report() {
        return report;
    }
}
