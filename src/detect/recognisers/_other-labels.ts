/** Labels of things that a number or a code can be other than the one looked for, in nine languages. */
export const OTHER_LABELS: readonly string[] = [
  // Commerce and files.
  ..."order,invoice,receipt,ticket,tracking,shipment,parcel,sku,article,item,product,part,serial,model,batch,lot".split(
    ",",
  ),
  ..."barcode,ean,gtin,upc,isbn,issn,doi,asin,case,docket,claim,booking,flight,po box,purchase order,quote".split(","),
  ..."bestellung,bestellnummer,auftrag,auftragsnummer,rechnung,rechnungsnummer,sendung,sendungsnummer,artikel".split(
    ",",
  ),
  ..."artikelnummer,aktenzeichen,vorgangsnummer,ticketnummer,seriennummer,lieferung,buchung".split(","),
  ..."commande,facture,colis,livraison,dossier,article,devis,reservation".split(","),
  ..."pedido,factura,envio,albaran,expediente,reserva,articulo".split(","),
  ..."ordine,fattura,spedizione,pratica,prenotazione,articolo".split(","),
  ..."encomenda,fatura,processo,artigo,zamowienie,faktura,przesylka,zlecenie,sprawa".split(","),
  ..."bestelling,factuur,zending,factuurnummer,bestelnummer,zaak,pakket".split(","),
  ..."customer number,customer no,customer id,client number,member number,member no,contract number,contract,policy number".split(
    ",",
  ),
  ..."kundennummer,kunden nr,vertragsnummer,mitgliedsnummer,numero client,numero de client,numero de cliente,numero cliente".split(
    ",",
  ),
  ..."klantnummer,numer klienta,numer umowy,numero contratto,numero de contrato,contractnummer,batch number".split(","),
  // Computing and measure.
  ..."version,release,build,commit,revision,sha,md5,hash,checksum,digest,crc,uuid,guid,trace,span,offset,timestamp".split(
    ",",
  ),
  ..."code,error,result,ref,reference,referenz,referencia,riferimento,referencia,referentie,kenmerk,nr ref".split(","),
  ..."epoch,port,pid,width,height,pixels,resolution,seed,hex,isbn,regex,rfc,sha256,population,distance,price,total".split(
    ",",
  ),
  // Other personal things, each with a recogniser of its own.
  ..."tel,telephone,telefon,phone,mobile,mobil,fax,cell,telefono,telefone,telefoon,handy,email,mail,iban,bic,swift".split(
    ",",
  ),
  ..."card,carte,karte,kreditkarte,tarjeta,carta,cartao,kaart,karta,cvv,cvc,ip,mac,dni,nie,nif,cif,nss,bsn,pesel,nip".split(
    ",",
  ),
  ..."mrn,medical record,patient id,license,licence,fuhrerschein,permis de conduire,rijbewijs,prawo jazdy,patente".split(
    ",",
  ),
  ..."regon,personnummer,rijksregisternummer,registre national,hetu,cpr,svnr,sv nummer,pps,ppsn,cnp,egn,oib,amka,afm".split(
    ",",
  ),
  ..."emso,nhs,nino,ssn,ahv,avs,taj,isikukood,steuer id,steuernummer,codice fiscale,partita iva,securite sociale".split(
    ",",
  ),
  ..."sozialversicherungsnummer,rentenversicherungsnummer,passport,reisepass,pasaporte,passeport,passaporto".split(","),
  ..."vat,ust idnr,tva,iva,btw,ein,account number,kontonummer,blz,sort code,routing number,fodselsnummer,kennitala".split(
    ",",
  ),
];
