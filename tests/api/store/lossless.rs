//! What is read is what was sent, to the digit and in its order.

use api::{Server, unique};
use serde_json::Value;

/// A resource as text, its id to be filled in.
const TRICKY: &str = r##"{"resourceType":"Observation","id":"ID","meta":{"tag":[{"system":"urn:x","code":"c"}]},
"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;b&gt; &amp; é</div>"},
"contained":[{"resourceType":"Patient","id":"p","birthDate":"1980","_birthDate":{"extension":[{"url":"http://x","valueDateTime":"1980-05-17T10:00:00.000+02:00"}]}}],
"extension":[{"url":"http://z","valueDecimal":1.0},{"url":"http://a","valueDecimal":1.00},{"url":"http://b","valueDecimal":0.000000000000000000000000000001}],
"status":"final","code":{"text":"quote \" back \\ slash / tab \t line \n unicode é ü 漢字 😀 𝒳 \u0041"},
"subject":{"reference":"#p","display":" spaces "},
"valueSampledData":{"origin":{"value":-0.0},"period":1E3,"factor":100000000000000000000000000000000000001,"lowerLimit":-12345678901234567890.1234567890,"dimensions":1,"data":"1.0 2.00 E"},
"note":[{"_text":{"extension":[{"url":"http://x","valueString":"x"}]}},{"text":"second","time":"2020-01-01T00:00:00.1230Z"}],
"referenceRange":[{"low":{"value":1.10},"high":{"value":2e-3},"text":"<x>&\u0026"}],
"component":[{"code":{"coding":[{"system":"s","code":"z"},{"system":"s","code":"a"}]},"valueQuantity":{"value":0.10,"unit":"µg"}}]}"##;

/// The numbers of a text in their order, as they are written.
fn numbers(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Number(number) => all.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| numbers(value, all)),
        Value::Object(map) => map.values().for_each(|value| numbers(value, all)),
        _ => {}
    }
}

fn names(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| names(value, all)),
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            all.push(name.clone());
            names(value, all);
        }),
        _ => {}
    }
}

#[test]
fn decimals_order_and_every_character_survive() {
    let client = Server::shared().admin();
    let id = unique("lossless");
    let sent = TRICKY.replace("\"ID\"", &format!("\"{id}\""));
    let request = client.request("PUT", &format!("/Observation/{id}"));
    let written = request
        .header("content-type", "application/json")
        .body(sent.clone())
        .send();
    let sent: Value = serde_json::from_str(&sent).unwrap();
    let read = client.get(&format!("/Observation/{id}")).expect(200);
    let found = client.search("Observation", &[("_id", &id)]).expect(200);
    let version = client
        .get(&format!("/Observation/{id}/_history/1"))
        .expect(200);
    let history = client
        .get(&format!("/Observation/{id}/_history"))
        .expect(200);
    for received in [
        &written.expect(201).body,
        &read.body,
        &version.body,
        &found.body["entry"][0]["resource"],
        &history.body["entry"][0]["resource"],
    ] {
        api::assert_same_content(&sent, received);
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        numbers(&sent, &mut expected);
        numbers(received, &mut got);
        assert_eq!(got, expected);
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        names(&api::without_meta(&sent), &mut expected);
        names(&api::without_meta(received), &mut got);
        assert_eq!(got, expected, "the order of properties");
    }
    for digits in [
        "\"valueDecimal\":1.0}",
        "\"valueDecimal\":1.00}",
        "\"value\":1.10}",
        "\"value\":-0.0}",
        "-12345678901234567890.1234567890",
        "100000000000000000000000000000000000001",
        "0.000000000000000000000000000001",
        "\"value\":0.10,",
    ] {
        assert!(read.text.contains(digits), "{digits}: {read}");
    }
}

#[test]
fn a_change_of_digits_alone_is_a_new_version() {
    let client = Server::shared().admin();
    let id = unique("lossless");
    let put = |value: &str| {
        let body = format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"x"}},"valueQuantity":{{"value":{value}}}}}"#
        );
        let request = client.request("PUT", &format!("/Observation/{id}"));
        request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .version()
    };
    assert_eq!(
        [put("1.0"), put("1.0"), put("1.00"), put("1")],
        [1, 1, 2, 3]
    );
}
