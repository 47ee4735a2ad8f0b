package io.sparktron.pretrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.run.RunFolder;
import io.sparktron.run.RunLease;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The attempts of a run, of this start and of all before, as {@code run.json} lists them: when each began, from where, and how it ended. */
final class AttemptLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ATTEMPTS = "attempts";
    private static final String ENDED = "ended";

    private final RunFolder folder;
    private final RunLease lease;
    private final ArrayNode attempts;

    private AttemptLog(RunFolder folder, RunLease lease, ArrayNode attempts) {
        this.folder = folder;
        this.lease = lease;
        this.attempts = attempts;
    }

    /** Goes on with the list that the run folder has. An attempt whose end nobody wrote down lost its driver. */
    static AttemptLog open(RunFolder folder, RunLease lease) throws IOException {
        AttemptLog log = new AttemptLog(folder, lease, JSON.createArrayNode());
        if (page(folder).map(page -> page.get(ATTEMPTS)).orElse(null) instanceof ArrayNode before) {
            log.attempts.addAll(before);
        }
        log.attempts.forEach(attempt -> {
            if (attempt instanceof ObjectNode open && !open.has(ENDED)) {
                open.put(ENDED, "its driver ended without a word");
            }
        });
        return log;
    }

    void begin(PretrainPlan plan) throws IOException {
        attempts.addObject()
                .put("attempt", plan.attempt())
                .put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("resumed_after_step", plan.start().step());
        update();
    }

    /** Says of the last attempt how it ended. */
    void end(String how) throws IOException {
        ((ObjectNode) attempts.get(attempts.size() - 1)).put(ENDED, how);
        update();
    }

    /** The list, for a new page. */
    JsonNode toJson() {
        return attempts;
    }

    /** Writes the list into the page that is there; where none is, no attempt has come to have ranks. */
    private void update() throws IOException {
        Optional<ObjectNode> page = page(folder);
        if (page.isPresent()) {
            page.get().set(ATTEMPTS, attempts);
            folder.writeRunJson(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(page.get()), lease);
        }
    }

    /** Empty also for a damaged page: the planner has said so, and the first attempt that has ranks replaces it. */
    private static Optional<ObjectNode> page(RunFolder folder) throws IOException {
        Optional<String> text = folder.readRunJson();
        try {
            return text.isPresent() && JSON.readTree(text.get()) instanceof ObjectNode page
                    ? Optional.of(page)
                    : Optional.empty();
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }
}
