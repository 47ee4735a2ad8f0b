package io.sparktron.pretrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparktron.run.RunFolder;
import io.sparktron.run.RunLease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;

/** The attempts of a run, of this start and of all before, as {@code run.json} lists them: when each began, from where, and how it ended. */
final class AttemptLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ATTEMPTS = "attempts";
    private static final String ENDED = "ended";

    private final RunFolder folder;
    private final RunLease lease;
    private final ArrayNode attempts;
    private final Consumer<String> progress;

    private AttemptLog(RunFolder folder, RunLease lease, ArrayNode attempts, Consumer<String> progress) {
        this.folder = folder;
        this.progress = progress;
        this.lease = lease;
        this.attempts = attempts;
    }

    /** Goes on with the list that the run folder has. An attempt whose end nobody wrote down lost its driver. */
    static AttemptLog open(RunFolder folder, RunLease lease, Consumer<String> progress) throws IOException {
        AttemptLog log = new AttemptLog(folder, lease, JSON.createArrayNode(), progress);
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

    void begin(PretrainPlan plan) {
        attempts.addObject()
                .put("attempt", plan.attempt())
                .put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("resumed_after_step", plan.start().step());
        update();
    }

    /** Says of the last attempt how it ended. */
    void end(String how) {
        ((ObjectNode) attempts.get(attempts.size() - 1)).put(ENDED, how);
        update();
    }

    /** Replaces {@code run.json} by a new page. */
    void write(RunPage page) {
        write(page.toJson(attempts));
    }

    /** Writes the list into the page that is there; where none is, no attempt has come to have ranks. */
    private void update() {
        try {
            Optional<ObjectNode> page = page(folder);
            if (page.isPresent()) {
                page.get().set(ATTEMPTS, attempts);
                write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(page.get()));
            }
        } catch (IOException e) {
            warn(e);
        }
    }

    /** A page that cannot be written is no reason to end a run. */
    private void write(String page) {
        try {
            folder.writeRunJson(page, lease);
        } catch (UncheckedIOException e) {
            warn(e);
        }
    }

    private void warn(Exception e) {
        progress.accept("warning: run.json does not tell of the newest attempt: " + e.getMessage());
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
