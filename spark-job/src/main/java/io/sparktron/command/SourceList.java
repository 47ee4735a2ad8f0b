package io.sparktron.command;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** {@code prep.sources}: a HOCON list of objects, one for each source. An error names the source and the field. */
final class SourceList {
    private static final String KEY = "prep.sources";
    private static final Set<String> FIELDS =
            new TreeSet<>(List.of("name", "input", "format", "text-field", "weight", "priority"));

    private SourceList() {}

    /** @throws IllegalArgumentException if it is no list of objects */
    static List<SourceSettings> parse(String text) {
        ConfigList list;
        try {
            list = ConfigFactory.parseString("list = " + text).getList("list");
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
        List<SourceSettings> sources = new ArrayList<>();
        for (ConfigValue element : list) {
            if (!(element instanceof ConfigObject object)) {
                throw new IllegalArgumentException("no object: " + element.unwrapped());
            }
            sources.add(source(object.toConfig(), sources.size()));
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("no source");
        }
        return sources;
    }

    private static SourceSettings source(Config fields, int index) {
        String place = KEY + "[" + (fields.hasPath("name") ? fields.getString("name") : index) + "]";
        for (String field : fields.root().keySet()) {
            if (!FIELDS.contains(field)) {
                throw new InvalidInputException(place + " has the unknown field " + ConfigUtil.quoteString(field)
                        + "; legal: " + String.join(", ", FIELDS));
            }
        }
        for (String needed : List.of("name", "input")) {
            if (!fields.hasPath(needed)) {
                throw new InvalidInputException(place + " has no " + needed + "; legal: one for each source");
            }
        }
        return new SourceSettings(
                fields.getString("name"),
                input(fields, place),
                field(fields, place, "format", "auto", InputFormat::named),
                field(fields, place, "text-field", SourceSettings.DEFAULT_TEXT_FIELD, Function.identity()),
                fields.hasPath("weight") ? field(fields, place, "weight", "", Double::valueOf) : null,
                field(fields, place, "priority", Integer.toString(SourceSettings.DEFAULT_PRIORITY), Integer::valueOf));
    }

    private static List<String> input(Config fields, String place) {
        if (fields.getValue("input").valueType() == ConfigValueType.LIST) {
            try {
                return fields.getStringList("input");
            } catch (ConfigException.WrongType e) {
                throw wrong(place, "input", fields, "paths");
            }
        }
        return field(fields, place, "input", "", ValueType.PATHS.reader());
    }

    private static <T> T field(Config fields, String place, String name, String fallback, Function<String, T> reader) {
        try {
            return reader.apply(fields.hasPath(name) ? fields.getString(name) : fallback);
        } catch (NumberFormatException e) {
            throw wrong(place, name, fields, "a number");
        } catch (ConfigException | IllegalArgumentException e) {
            throw wrong(place, name, fields, "one value");
        } catch (InvalidInputException e) {
            throw new InvalidInputException(place + ": " + e.getMessage(), e);
        }
    }

    private static InvalidInputException wrong(String place, String name, Config fields, String legal) {
        return new InvalidInputException(
                place + "." + name + " = " + fields.getValue(name).unwrapped() + "; legal: " + legal);
    }
}
