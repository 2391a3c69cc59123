"""申诉 (Art. 25): staff against mistaken and malicious ratings; finding, decision, what it changes in the figures."""
