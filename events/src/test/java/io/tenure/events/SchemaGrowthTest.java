package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaGrowthTest {

    private static final String OLDER = """
            {"type":"object","required":["id"],"properties":{
              "id":{"type":"string","format":"uuid"},
              "kind":{"type":"string","enum":["VM","VDC"]},
              "channel":{"type":"string","const":"EMAIL"},
              "way":{"oneOf":[
                {"type":"object","properties":{"kind":{"const":"FIRST"},"passes":{"type":"boolean"}},"required":["kind","passes"]},
                {"type":"object","properties":{"kind":{"const":"SECOND"},"place":{"type":"string"}},"required":["kind"]}]},
              "disks":{"type":"array","items":{"type":"object","required":["bytes"],
                "properties":{"bytes":{"type":"integer","format":"int64"}}}}}}""";

    private final ObjectMapper mapper = new ObjectMapper();

    @Test
    void nothingChanged() throws Exception {
        assertEquals(List.of(), breaks("", ""));
    }

    @Test
    void growthIsAllowed() throws Exception {
        assertEquals(List.of(), breaks("\"kind\":{", "\"note\":{\"type\":\"string\"},\"kind\":{"));
        assertEquals(List.of(), breaks("\"VDC\"", "\"VDC\",\"VDC_VM\""));
        assertEquals(
                List.of(),
                breaks(
                        "\"oneOf\":[",
                        "\"oneOf\":[{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"THIRD\"}}},"));
        assertEquals(List.of(), breaks("\"const\":\"EMAIL\"", "\"enum\":[\"EMAIL\",\"WEBHOOK\"]"));
        assertEquals(
                List.of(),
                breaks(
                        "{\"type\":\"object\",\"required\":[\"id\"]",
                        "{\"title\":\"x\",\"type\":\"object\",\"required\":[\"id\"]"));
    }

    @Test
    void aRemovedFieldIsRefused() throws Exception {
        assertEquals(List.of("data.kind: is removed"), breaks("\"kind\":{\"type\"", "\"sort\":{\"type\""));
        assertEquals(List.of("data.disks[].bytes: is removed"), breaks("{\"bytes\":", "{\"size\":"));
    }

    @Test
    void aChangedTypeIsRefused() throws Exception {
        assertEquals(
                List.of("data.disks[].bytes: type was \"integer\" and would be \"string\""),
                breaks("\"type\":\"integer\"", "\"type\":\"string\""));
        assertEquals(
                List.of("data.id: format was \"uuid\" and would be \"date-time\""),
                breaks("\"uuid\"", "\"date-time\""));
        assertEquals(
                List.of("data.id: type was \"string\" and would be [\"string\",\"null\"]"),
                breaks("{\"type\":\"string\",\"format\"", "{\"type\":[\"string\",\"null\"],\"format\""));
    }

    @Test
    void aNewDutyIsRefusedAndSoIsALostPromise() throws Exception {
        assertEquals(List.of("data.kind: would be required"), breaks("[\"id\"]", "[\"id\",\"kind\"]"));
        assertEquals(List.of("data.id: would not be required any more"), breaks("[\"id\"]", "[]"));
        assertEquals(List.of("data.disks[].bytes: would not be required any more"), breaks("[\"bytes\"]", "[]"));
    }

    @Test
    void aRemovedValueIsRefused() throws Exception {
        assertEquals(List.of("data.kind: a value of the enumeration is removed"), breaks("\"VM\",", ""));
        assertEquals(
                List.of("data.channel: a value of the enumeration is removed"), breaks("\"EMAIL\"", "\"WEBHOOK\""));
    }

    @Test
    void aLostOrChangedAlternativeIsRefused() throws Exception {
        assertEquals(List.of("data.way: the alternative SECOND is removed"), breaks("\"SECOND\"", "\"THIRD\""));
        assertEquals(List.of("data.way(FIRST).passes: is removed"), breaks("\"passes\":", "\"rounds\":"));
        assertEquals(
                List.of("data.way(FIRST).passes: would not be required any more"),
                breaks("[\"kind\",\"passes\"]", "[\"kind\"]"));
        assertEquals(
                List.of("data.way: the alternative FIRST is removed", "data.way: the alternative SECOND is removed"),
                breaks("\"oneOf\"", "\"anyOf\""));
    }

    @Test
    void aClosedSchemaIsRefused() throws Exception {
        assertEquals(
                List.of("data: unknown fields would be refused"),
                breaks(
                        "{\"type\":\"object\",\"required\":[\"id\"]",
                        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"id\"]"));
    }

    private List<String> breaks(String what, String by) throws Exception {
        JsonNode older = mapper.readTree(OLDER);
        return SchemaGrowth.breaks(older, mapper.readTree(OLDER.replace(what, by)));
    }
}
