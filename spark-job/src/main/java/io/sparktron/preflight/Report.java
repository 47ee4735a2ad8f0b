package io.sparktron.preflight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.preflight.Finding.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All findings, in the order of the checks. */
public record Report(List<Finding> findings) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Report {
        findings = List.copyOf(findings);
    }

    /** Findings with which a run would not come to its end. */
    public List<Finding> problems() {
        return findings.stream().filter(finding -> finding.level().stops()).toList();
    }

    /** 0 if there is no problem, 2 if configuration or input is wrong, 1 if only the cluster or a machine has a problem. */
    public int exitCode() {
        boolean mistaken = count(Level.MISTAKE) > 0;
        return mistaken ? 2 : problems().isEmpty() ? 0 : 1;
    }

    /** A line for each finding, and one that counts. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(String.format("%-9s%s%n", finding.level(), finding));
        }
        int problems = problems().size();
        long warnings = count(Level.WARNING);
        return text
                + (problems == 0 ? "ready to train" : problems + (problems == 1 ? " problem" : " problems"))
                + (warnings == 0 ? "" : ", " + warnings + (warnings == 1 ? " warning" : " warnings"));
    }

    public String json() {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("exit", exitCode());
        page.put("findings", findings.stream().map(Report::fields).toList());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(page);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the report cannot be written: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> fields(Finding finding) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("level", finding.level().toString());
        fields.put("check", finding.check());
        fields.put("found", finding.found());
        fields.put("fix", finding.fix());
        return fields;
    }

    private long count(Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
