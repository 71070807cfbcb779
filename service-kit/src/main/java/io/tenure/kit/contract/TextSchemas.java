package io.tenure.kit.contract;

import io.tenure.kit.text.Email;
import io.tenure.kit.text.Name;
import io.tenure.kit.text.Phone;
import io.tenure.kit.text.Text;
import java.util.Map;
import java.util.function.BiConsumer;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.FieldInfo;
import org.jboss.jandex.IndexView;

/**
 * Puts the kit's constraints of text into the schemas of the records that have them; Quarkus knows only the standard
 * constraints.
 */
final class TextSchemas {

    private static final DotName SCHEMA =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.media.Schema.class);

    /** At least one character that is neither forbidden nor blank. */
    private static final String LINE =
            "^[^" + Text.FORBIDDEN_CLASS + "]*[^\\s" + Text.FORBIDDEN_CLASS + "][^" + Text.FORBIDDEN_CLASS + "]*$";

    private final IndexView classes;
    private final Map<String, Schema> schemas;

    TextSchemas(IndexView classes, Map<String, Schema> schemas) {
        this.classes = classes;
        this.schemas = schemas;
    }

    void describe() {
        each(Name.class, (name, schema) -> schema.minLength(1)
                .maxLength(name.value("max").asInt())
                .pattern(LINE));
        each(Email.class, (email, schema) -> schema.format("idn-email")
                .maxLength(254)
                .pattern("^[^@\\s\"(),:;<>\\[\\]\\\\]+@[^@\\s.]+(\\.[^@\\s.]+)+$"));
        each(Phone.class, (phone, schema) -> schema.maxLength(64)
                .pattern("^\\+[0-9][0-9 ().\\/-]{3,30}[ ;a-z0-9=.]*$"));
    }

    private void each(Class<?> constraint, BiConsumer<AnnotationInstance, Schema> description) {
        for (AnnotationInstance instance : classes.getAnnotations(DotName.createSimple(constraint))) {
            AnnotationTarget target = instance.target();
            boolean ofItems = target.kind() == AnnotationTarget.Kind.TYPE;
            AnnotationTarget holder = ofItems ? target.asType().enclosingTarget() : target;
            if (holder.kind() == AnnotationTarget.Kind.FIELD) {
                Schema property = property(holder.asField());
                if (property != null) {
                    // A field's own annotation is also one of its type.
                    boolean items = ofItems && property.getItems() != null;
                    description.accept(instance, items ? property.getItems() : property);
                }
            }
        }
    }

    private Schema property(FieldInfo field) {
        ClassInfo holder = field.declaringClass();
        AnnotationInstance named = holder.declaredAnnotation(SCHEMA);
        AnnotationValue name = named == null ? null : named.value("name");
        Schema schema = schemas.get(name == null ? holder.simpleName() : name.asString());
        return schema == null || schema.getProperties() == null
                ? null
                : schema.getProperties().get(field.name());
    }
}
