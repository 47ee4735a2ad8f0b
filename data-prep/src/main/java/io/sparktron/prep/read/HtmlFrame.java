package io.sparktron.prep.read;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/** Elements that by name, role or style are no text of the page: code, controls, hidden ones, navigation, asides, footers, notices of consent. */
final class HtmlFrame {
    private static final Set<String> NAMES = Set.of(
            "applet",
            "aside",
            "audio",
            "button",
            "canvas",
            "datalist",
            "dialog",
            "embed",
            "footer",
            "head",
            "iframe",
            "input",
            "map",
            "menu",
            "nav",
            "noscript",
            "object",
            "script",
            "select",
            "style",
            "svg",
            "template",
            "textarea",
            "video");
    private static final Set<String> ROLES = Set.of(
            "alertdialog",
            "banner",
            "complementary",
            "contentinfo",
            "dialog",
            "menu",
            "menubar",
            "navigation",
            "search",
            "tablist",
            "toolbar");
    private static final Set<String> WHOLE = Set.of("html", "body", "main", "article");

    private static final Pattern CONSENT = Pattern.compile(
            "gdpr|consent|cookie[\\s_-]*(banner|bar|notice|message|popup|pop-up|modal|overlay|policy|law|info|dialog|wall)");
    private static final int LONGEST_NAME = 500;

    private HtmlFrame() {}

    static boolean isFrame(Element element) {
        String name = element.normalName();
        if (NAMES.contains(name)) {
            return true;
        }
        if (element.attributesSize() == 0 || WHOLE.contains(name)) {
            return false;
        }
        return element.hasAttr("hidden")
                || element.attr("aria-hidden").equals("true")
                || ROLES.contains(element.attr("role"))
                || isUnseen(element.attr("style"))
                || isConsent(element.id())
                || isConsent(element.className());
    }

    private static boolean isUnseen(String style) {
        return !style.isEmpty()
                && style.toLowerCase(Locale.ROOT).replace(" ", "").contains("display:none");
    }

    private static boolean isConsent(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && CONSENT.matcher(name.toLowerCase(Locale.ROOT)).find();
    }
}
