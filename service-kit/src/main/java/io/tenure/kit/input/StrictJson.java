package io.tenure.kit.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.tenure.kit.Ids;
import io.tenure.kit.text.ForbiddenCharacterException;
import io.tenure.kit.text.Text;
import jakarta.inject.Singleton;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.ext.ContextResolver;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads the bodies of requests: exactly what the contract says, nothing guessed. A value has the type that is asked
 * for, a member comes once and is known, nothing follows the value, and text is {@link Text}. Everybody else's JSON
 * (stored values, answers of other servers) is read with the application's own mapper.
 */
@Provider
@ConstrainedTo(RuntimeType.SERVER)
@Singleton
public class StrictJson implements ContextResolver<ObjectMapper> {

    private final ObjectMapper mapper;

    StrictJson(ObjectMapper application) {
        this.mapper = application
                .copy()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .registerModule(new SimpleModule("strict")
                        .addDeserializer(String.class, new TextReader())
                        .addDeserializer(UUID.class, new SpellingReader<>(UUID.class, Ids::parse))
                        .addDeserializer(Instant.class, new SpellingReader<>(Instant.class, Instant::parse))
                        .addDeserializer(Duration.class, new SpellingReader<>(Duration.class, Duration::parse))
                        .addDeserializer(LocalDate.class, new SpellingReader<>(LocalDate.class, LocalDate::parse)));
        for (LogicalType type : new LogicalType[] {
            LogicalType.Boolean,
            LogicalType.Integer,
            LogicalType.Float,
            LogicalType.Enum,
            LogicalType.Collection,
            LogicalType.Array,
            LogicalType.Map,
            LogicalType.POJO,
            LogicalType.OtherScalar
        }) {
            refuse(type, CoercionInputShape.EmptyString);
        }
        refuse(LogicalType.Boolean, CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.String);
        refuse(LogicalType.Integer, CoercionInputShape.Boolean, CoercionInputShape.Float, CoercionInputShape.String);
        refuse(LogicalType.Float, CoercionInputShape.Boolean, CoercionInputShape.String);
        refuse(LogicalType.Enum, CoercionInputShape.Integer);
    }

    private void refuse(LogicalType type, CoercionInputShape... shapes) {
        for (CoercionInputShape shape : shapes) {
            mapper.coercionConfigFor(type).setCoercion(shape, CoercionAction.Fail);
        }
    }

    @Override
    public ObjectMapper getContext(Class<?> type) {
        return mapper;
    }

    /** Reads strings only, in their normal form. */
    private static final class TextReader extends StdScalarDeserializer<String> {

        @Serial
        private static final long serialVersionUID = 1;

        TextReader() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (!parser.hasToken(JsonToken.VALUE_STRING)) {
                return (String) context.handleUnexpectedToken(String.class, parser);
            }
            String text = Text.normalised(parser.getText());
            OptionalInt forbidden = Text.forbidden(text);
            if (forbidden.isPresent()) {
                throw new ForbiddenCharacterException(parser, forbidden.getAsInt());
            }
            return text;
        }
    }

    /**
     * Reads a value that is written as a string and in one way only; Jackson would take numbers and other encodings
     * too.
     */
    private static final class SpellingReader<T> extends StdScalarDeserializer<T> {

        @Serial
        private static final long serialVersionUID = 1;

        private final transient Function<String, T> spelling;

        SpellingReader(Class<T> type, Function<String, T> spelling) {
            super(type);
            this.spelling = spelling;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (!parser.hasToken(JsonToken.VALUE_STRING)) {
                return (T) context.handleUnexpectedToken(_valueClass, parser);
            }
            try {
                return spelling.apply(parser.getText());
            } catch (RuntimeException otherwise) {
                return (T) context.handleWeirdStringValue(_valueClass, "***", "not its spelling");
            }
        }
    }
}
