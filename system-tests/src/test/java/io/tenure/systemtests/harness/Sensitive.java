package io.tenure.systemtests.harness;

import io.tenure.local.platform.Layout;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What may appear nowhere that anybody can look at: contacts, secrets, link tokens, keys and bearer tokens. */
public final class Sensitive {

    private static final int SHORTEST = 8;
    private static final int BASE = 31;
    private static final int OUTGOING = outgoing();
    private static final Pattern ANY_JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.");
    private static final Pattern PRIVATE_KEY = Pattern.compile("PRIVATE[ +]KEY");

    private final Map<String, String> kinds = new ConcurrentHashMap<>();

    private static int outgoing() {
        int power = 1;
        for (int i = 0; i < SHORTEST; i++) {
            power *= BASE;
        }
        return power;
    }

    /** Remembers a value; gives it back. */
    public String add(String kind, String value) {
        if (value.length() < SHORTEST) {
            throw new IllegalArgumentException("a " + kind + " this short would be found everywhere");
        }
        kinds.put(value, kind);
        return value;
    }

    /** Remembers every password and key of the platform. */
    void addSecretsOf(Layout layout) throws IOException {
        try (var files = Files.list(layout.secrets())) {
            for (var file : files.toList()) {
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> line.length() >= SHORTEST && !line.startsWith("-----"))
                        .forEach(line -> add("secret " + file.getFileName(), line));
            }
        }
    }

    /** How many values are looked for. */
    public int size() {
        return kinds.size();
    }

    /** How many values of this kind are looked for. */
    public long count(String kind) {
        return kinds.values().stream().filter(kind::equals).count();
    }

    /**
     * Looks for every value, also where it is encoded for an address, in base64 or in hexadecimal.
     *
     * @param where what the text is, for the finding
     * @return one line per finding, without the value itself
     */
    public List<String> findIn(String where, String text) {
        var found = new LinkedHashSet<String>();
        var needles = needles();
        // One pass for all values: a rolling hash over as many characters as the shortest value has.
        int hash = 0;
        for (int end = 0; end < text.length(); end++) {
            hash = hash * BASE + text.charAt(end) - (end < SHORTEST ? 0 : text.charAt(end - SHORTEST) * OUTGOING);
            int at = end - SHORTEST + 1;
            for (var needle : needles.getOrDefault(hash, List.of())) {
                if (at >= 0 && text.startsWith(needle.text(), at)) {
                    found.add(where + " shows a " + needle.what() + ": "
                            + around(text, at, needle.text().length()));
                }
            }
        }
        for (var pattern : List.of(ANY_JWT, PRIVATE_KEY)) {
            var match = pattern.matcher(text);
            if (match.find()) {
                found.add(
                        where + " shows " + pattern + ": " + around(text, match.start(), match.end() - match.start()));
            }
        }
        return List.copyOf(found);
    }

    private record Needle(String what, String text) {}

    private Map<Integer, List<Needle>> needles() {
        Map<Integer, List<Needle>> needles = new HashMap<>();
        kinds.forEach((value, kind) -> spellings(value).forEach((spelling, text) -> {
            int hash = 0;
            for (int i = 0; i < SHORTEST; i++) {
                hash = hash * BASE + text.charAt(i);
            }
            needles.computeIfAbsent(hash, h -> new ArrayList<>()).add(new Needle(kind + " (" + spelling + ")", text));
        }));
        return needles;
    }

    private static Map<String, String> spellings(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        var spellings = new LinkedHashMap<String, String>();
        spellings.put("plain", value);
        spellings.put("URL-encoded", URLEncoder.encode(value, StandardCharsets.UTF_8));
        spellings.put("hexadecimal", HexFormat.of().formatHex(bytes));
        // Within longer data base64 has three alignments; the characters at both ends depend on the neighbours.
        Stream.of(0, 1, 2).forEach(shift -> {
            var shifted = new byte[shift + bytes.length];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            var encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            spellings.put("base64 at " + shift, encoded.substring(shift == 0 ? 0 : shift + 1, encoded.length() - 1));
        });
        return spellings;
    }

    private static String around(String text, int at, int length) {
        var before = text.substring(Math.max(0, at - 80), at);
        var after = text.substring(at + length, Math.min(text.length(), at + length + 40));
        return ("…" + before + "###" + after + "…").replace('\n', ' ');
    }
}
