package io.sparktron.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.HostProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds a run folder: the content of a lease file.
 *
 * @param driver a word that no other driver ever uses
 * @param command what the driver was told to do
 * @param host of the driver, as {@link HostIdentity#encode} writes it
 * @param since when it took the folder, UTC
 * @param renewed when this was written, UTC
 * @param released whether it has given the folder back
 */
record LeaseHolder(
        String driver,
        String user,
        String command,
        String host,
        HostProcess process,
        String since,
        String renewed,
        boolean released) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** This process as a driver. */
    static LeaseHolder self() {
        String now = now();
        return new LeaseHolder(
                UUID.randomUUID().toString(),
                System.getProperty("user.name"),
                System.getProperty("sparktron.command", "java"),
                HostIdentity.current().encode(),
                HostProcess.current(),
                now,
                now,
                false);
    }

    LeaseHolder asRenewed() {
        return new LeaseHolder(driver, user, command, host, process, since, now(), false);
    }

    LeaseHolder asReleased() {
        return new LeaseHolder(driver, user, command, host, process, since, now(), true);
    }

    /** Whether the driver's process can be seen to have ended: it ran on this host, and its id is no longer its own. */
    boolean gone() {
        return HostIdentity.decode(host).sharesMemoryWith(HostIdentity.current())
                && Files.exists(Path.of("/proc/1")) // else the processes of others are hidden (hidepid), not gone
                && !process.alive();
    }

    byte[] toJson() throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }

    /** Empty for what is no holder, such as a file that is being written. */
    static Optional<LeaseHolder> parse(byte[] json) throws IOException {
        try {
            LeaseHolder holder = JSON.readValue(json, LeaseHolder.class);
            HostIdentity.decode(holder.host);
            return Optional.of(holder);
        } catch (JsonProcessingException | IllegalArgumentException unfinished) {
            return Optional.empty();
        }
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** For a message to people. */
    @Override
    public String toString() {
        return "\"" + command + "\" of user " + user + ", process " + process.id() + " on host "
                + HostIdentity.decode(host).name() + ", since " + since;
    }
}
