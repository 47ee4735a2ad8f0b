package io.sparktron.pretrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The content of {@code run.json}: what was run, on what, and how it was laid out. */
final class RunPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PretrainPlan plan;
    private final String settings;
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Map<Integer, PretrainReport.Ready> ranks = new TreeMap<>();

    /**
     * @param settings the whole configuration as JSON
     */
    RunPage(PretrainPlan plan, String settings) {
        this.plan = plan;
        this.settings = settings;
    }

    void add(PretrainReport.Ready ready) {
        ranks.put(ready.rank(), ready);
    }

    /** Whether every rank has reported. */
    boolean complete() {
        return ranks.size() == plan.layout().ranks();
    }

    /**
     * @param attempts as {@link AttemptLog} lists them
     */
    String toJson(JsonNode attempts) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("format", "sparktron-run");
        page.put("version", 1);
        page.put("started", started.toString());
        page.put("software", software());
        page.put("parallel", plan.layout());
        page.put("model", plan.model());
        page.put("training", plan.training());
        page.put("tokenizer", plan.tokenizer());
        page.put("data", data());
        page.put("resumed_after_step", plan.start().step());
        page.put("attempts", attempts);
        page.put("ranks", ranks.values());
        try {
            page.put("settings", JSON.readTree(settings));
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(page);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("run.json cannot be written: " + e.getMessage(), e);
        }
    }

    private Map<String, String> data() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("train", plan.trainData());
        data.put("fingerprint", plan.fingerprint());
        if (plan.validationData() != null) {
            data.put("validation", plan.validationData());
        }
        return data;
    }

    /** Version and commit as the build wrote them, and the Java that runs. */
    private static Map<String, String> software() {
        Properties built = new Properties();
        try (InputStream in = RunPage.class.getResourceAsStream("software.properties")) {
            built.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the build's software.properties cannot be read", e);
        }
        Map<String, String> software = new LinkedHashMap<>();
        software.put("sparktron", built.getProperty("version"));
        software.put("commit", built.getProperty("commit"));
        software.put("java", Runtime.version().toString());
        return software;
    }
}
