package io.sparktron.command;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import io.sparktron.tokens.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a user has given, key by key; of two values for one key the later wins. */
final class Settings {
    private static final String ASSIGNED = "--set";

    private record Given(String text, String source) {}

    private final Map<String, Given> given = new TreeMap<>();

    /** Adds a HOCON file. */
    Settings addFile(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new InvalidInputException("--config " + file + ": no such file, or it cannot be read");
        }
        return add(
                file.toString(),
                () -> ConfigFactory.parseFile(
                        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)));
    }

    /** Adds HOCON text. */
    Settings addText(String source, String hocon) {
        return add(source, () -> ConfigFactory.parseString(hocon));
    }

    private Settings add(String source, java.util.function.Supplier<Config> reader) {
        Config config;
        try {
            config = reader.get().resolve();
        } catch (ConfigException e) {
            throw new InvalidInputException(
                    source + " is not legal HOCON: " + e.getMessage().replace(source + ": ", "line "), e);
        }
        config.entrySet().forEach(entry -> {
            String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
            put(name, text(entry.getValue().unwrapped()), source);
        });
        return this;
    }

    /** Adds {@code key=value}; the value is taken as it stands. */
    Settings addAssignment(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new InvalidInputException("--set " + assignment + ": must be key=value");
        }
        put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1), ASSIGNED);
        return this;
    }

    /** Adds what another has been given. */
    Settings addAll(Settings later) {
        given.putAll(later.given);
        return this;
    }

    private static String text(Object value) {
        if (value instanceof List<?> things && things.stream().anyMatch(Map.class::isInstance)) {
            return ConfigValueFactory.fromAnyRef(things).render(ConfigRenderOptions.concise());
        }
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }

    private void put(String name, String text, String source) {
        Key<?> key = Keys.named(name)
                .orElseThrow(() ->
                        new InvalidInputException("unknown key " + name + " (" + source + "); the nearest known key is "
                                + Keys.nearest(name).name() + "; `sparktron help COMMAND` lists all"));
        read(key, text, source);
        given.put(name, new Given(text, source));
    }

    /** Sets a key that has not been given. */
    <T> Settings setIfMissing(Key<T> key, String text) {
        given.putIfAbsent(key.name(), new Given(text, "default"));
        return this;
    }

    /** Keys that were assigned one by one though {@code command} reads none of them; a file may serve several commands, an assignment is for one. */
    List<String> unread(CommandName command) {
        return Keys.all().stream()
                .filter(key -> !key.commands().contains(command))
                .map(Key::name)
                .filter(name ->
                        given.containsKey(name) && given.get(name).source().equals(ASSIGNED))
                .toList();
    }

    boolean has(Key<?> key) {
        return given.containsKey(key.name());
    }

    /** What was given, else the key's default, else nothing. */
    <T> Optional<T> find(Key<T> key) {
        Given value = given.get(key.name());
        return value == null
                ? key.fallback().map(key.type().reader())
                : Optional.of(read(key, value.text(), value.source()));
    }

    /** What was given, else the key's default; an error if there is neither. */
    <T> T get(Key<T> key) {
        return find(key)
                .orElseThrow(() -> new InvalidInputException(key.name() + " is not set, and is needed: "
                        + key.description() + " (" + key.type().legal() + ")"));
    }

    private static <T> T read(Key<T> key, String text, String source) {
        try {
            return key.type().reader().apply(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    key.name() + " = " + text + " (" + source + "), must be: "
                            + key.type().legal(),
                    e);
        }
    }

    /** Everything that is known, defaults included, as one JSON object of dotted keys. */
    String json(CommandName command) {
        Map<String, Object> values = new TreeMap<>();
        for (Key<?> key : Keys.all()) {
            if (key.commands().contains(command)) {
                find(key).ifPresent(value -> values.put(key.name(), plain(value) ? value : given(key)));
            }
        }
        return ConfigValueFactory.fromMap(values).render(ConfigRenderOptions.concise());
    }

    /** Whether JSON has a form for it. */
    private static boolean plain(Object value) {
        return value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof List<?> list && list.stream().allMatch(Settings::plain);
    }

    private String given(Key<?> key) {
        Given value = given.get(key.name());
        return value == null ? key.fallback().orElseThrow() : value.text();
    }
}
