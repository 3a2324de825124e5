// Judges certificate chains with the real crypto/x509, as crypto/tls does for a client: one JSON object a line in, one a line out.
// With -bench it reads all lines first, then judges them in one goroutine and prints how long that took, in nanoseconds.
package main

import (
	"bufio"
	"crypto/dsa"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

// chain is a line of `whytls verify --batch`; certificates are DER.
type chain struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Time          time.Time `json:"time"`
	Leaf          []byte    `json:"leaf"`
	Intermediates [][]byte  `json:"intermediates"`
	Roots         [][]byte  `json:"roots"`
}

type verdict struct {
	ID     string `json:"id"`
	OK     bool   `json:"ok"`
	GoText string `json:"goText"`
	// TLSText is what crypto/tls says where crypto/x509 accepts the chain.
	TLSText string `json:"tlsText"`
}

func main() {
	bench := flag.Bool("bench", false, "measure instead of answering")
	flag.Parse()
	if *bench {
		measure()
		return
	}
	in, out := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for in.More() {
		var c chain
		if err := in.Decode(&c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		answers.Encode(judge(c, poolOf(c.Roots)))
	}
}

func measure() {
	in := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	var chains []chain
	pools := map[string]*x509.CertPool{}
	for in.More() {
		var c chain
		if err := in.Decode(&c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		chains = append(chains, c)
		if pools[fmt.Sprint(c.Roots)] == nil {
			pools[fmt.Sprint(c.Roots)] = poolOf(c.Roots)
		}
	}
	picked := make([]*x509.CertPool, len(chains))
	for i, c := range chains {
		picked[i] = pools[fmt.Sprint(c.Roots)]
	}
	start, accepted := time.Now(), 0
	for i, c := range chains {
		if judge(c, picked[i]).OK {
			accepted++
		}
	}
	fmt.Printf("%d %d\n", time.Since(start).Nanoseconds(), accepted)
}

// judge follows (*Conn).verifyServerCertificate.
func judge(c chain, roots *x509.CertPool) verdict {
	leaf, err := x509.ParseCertificate(c.Leaf)
	if err != nil {
		return verdict{ID: c.ID, GoText: err.Error()}
	}
	intermediates := x509.NewCertPool()
	for _, der := range c.Intermediates {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return verdict{ID: c.ID, GoText: err.Error()}
		}
		intermediates.AddCert(cert)
	}
	options := x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: c.Time, DNSName: c.Name}
	if _, err := leaf.Verify(options); err != nil {
		return verdict{ID: c.ID, GoText: err.Error()}
	}
	if _, isDSA := leaf.PublicKey.(*dsa.PublicKey); isDSA || leaf.PublicKey == nil {
		text := fmt.Sprintf("tls: server's certificate contains an unsupported type of public key: %T", leaf.PublicKey)
		return verdict{ID: c.ID, TLSText: text}
	}
	return verdict{ID: c.ID, OK: true}
}

// poolOf leaves out what does not parse, as loading a file of roots does.
func poolOf(ders [][]byte) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, der := range ders {
		if cert, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(cert)
		}
	}
	return pool
}
