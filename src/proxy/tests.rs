use super::*;

fn read(variables: &[(&str, &str)]) -> Environment {
    let variables: Vec<(String, String)> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Environment::read(|name| {
        let found = variables.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone())
    })
}

const CLUSTER: &str = "https://ABC.gr7.us-east-1.eks.amazonaws.com";

fn proxy(variables: &[(&str, &str)]) -> Option<Proxy> {
    read(variables).proxy_for(&Uri::from_static(CLUSTER)).unwrap()
}

#[test]
fn a_login_is_kept_and_never_shown() {
    let found = proxy(&[("HTTPS_PROXY", "http://us%40er:p%40ss@proxy.example.com:3128/")]).unwrap();
    assert_eq!(found.login(), Some(("us@er".to_owned(), "p@ss".to_owned())));
    assert_eq!(found.bare(), "http://proxy.example.com:3128");
    let said = format!("{found} {found:?}");
    assert!(!said.contains("p%40ss") && !said.contains("p@ss"), "{said}");
    assert!(
        said.contains("proxy.example.com:3128") && said.contains("HTTPS_PROXY"),
        "{said}"
    );
}

#[test]
fn each_way_of_writing_a_proxy() {
    for (text, address) in [
        ("proxy.example.com:3128", "proxy.example.com:3128"),
        ("http://proxy.example.com", "proxy.example.com:80"),
        ("https://proxy.example.com", "proxy.example.com:443"),
        ("socks5://127.0.0.1", "127.0.0.1:1080"),
        ("socks5h://127.0.0.1:1081", "127.0.0.1:1081"),
        (" http://[::1]:3128 ", "[::1]:3128"),
    ] {
        assert_eq!(
            proxy(&[("https_proxy", text)]).unwrap().address(),
            address,
            "{text}"
        );
    }
    for (text, why) in [
        ("ftp://proxy:21", "scheme"),
        ("http://", "URL"),
        ("http://user:s3cret@:80 80", "URL"),
    ] {
        let error = Proxy::parse(text, "HTTPS_PROXY").unwrap_err().to_string();
        assert!(error.contains(why) && error.starts_with("HTTPS_PROXY"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn which_variable_counts() {
    let both = [("HTTPS_PROXY", "upper:1"), ("https_proxy", "lower:2")];
    assert_eq!(proxy(&both).unwrap().address(), "upper:1");
    assert_eq!(
        proxy(&[("HTTPS_PROXY", ""), ("https_proxy", "lower:2")])
            .unwrap()
            .address(),
        "lower:2"
    );
    assert_eq!(proxy(&[("HTTP_PROXY", "other:1"), ("ALL_PROXY", "all:1")]), None);
    let http = read(&[("HTTP_PROXY", "plain:1")]).proxy_for(&Uri::from_static("http://10.0.0.1:8080"));
    assert_eq!(http.unwrap().unwrap().source, "HTTP_PROXY");
}

#[test]
fn what_is_handed_to_the_client_of_aws() {
    let environment = read(&[
        ("HTTPS_PROXY", "http://user:pw@proxy:3128"),
        (
            "NO_PROXY",
            "*.amazonaws.com, ec2.us-east-1.amazonaws.com:443,x.com:8443,/var/run/docker.sock,10.0.0.0/8,",
        ),
    ]);
    assert_eq!(
        environment.bypassed_at(443),
        "localhost,127.0.0.0/8,::1,.amazonaws.com,ec2.us-east-1.amazonaws.com,10.0.0.0/8"
    );
    assert!(!environment.http_is_the_same());
    assert_eq!(environment.https_proxy().unwrap().bare(), "http://proxy:3128");
}
